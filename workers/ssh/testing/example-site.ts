// A site for tests, with what they do not care about filled in.

import { seal } from '#lib/auth/seal.ts';
import type { DoorSite } from '../sites.ts';

export const SECRET = 'a secret of thirty-two characters, for tests';
export const PASSWORD = 'correct-horse-42';

export function exampleSite(given: Partial<DoorSite>): DoorSite {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    name: 'calm-reef-7',
    port: 22_000,
    isOwned: true,
    sealedPassword: seal(SECRET, PASSWORD),
    pushBytesMax: 50 * 1024 * 1024,
    limits: { diskBytesMax: 1024n ** 3n, memoryBytesMax: 256n * 1024n ** 2n, cpuMillisMax: 500, pidsMax: 128 },
    expiresAt: null,
    ...given,
  };
}
