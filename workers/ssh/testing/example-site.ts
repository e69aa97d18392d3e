// A site for tests, with what they do not care about filled in.

import { seal } from '#lib/auth/seal.ts';
import type { DoorSite } from '../sites.ts';

export const SECRET = 'a secret of thirty-two characters, for tests';
export const PASSWORD = 'correct-horse-42';

const LIMITS: DoorSite['limits'] = {
  diskBytesMax: 1024 ** 3,
  inodesMax: 200_000,
  memoryBytesMax: 256 * 1024 ** 2,
  cpuMillisMax: 500,
  pidsMax: 128,
  bandwidthBytesMax: 5 * 1024 ** 2,
  connectionsMax: 500,
  newConnectionsMax: 20,
  openFilesMax: 4_096,
  logBytesMax: 2 * 1024 ** 2,
  tmpfsBytesMax: 64 * 1024 ** 2,
  pushBytesMax: 50 * 1024 ** 2,
};

export function exampleSite(given: Partial<DoorSite>): DoorSite {
  return {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
    name: 'calm-reef-7',
    port: 22_000,
    isOwned: true,
    sealedPassword: seal(SECRET, PASSWORD),
    pushBytesMax: 50 * 1024 * 1024,
    limits: LIMITS,
    expiresAt: null,
    heldFor: null,
    failure: null,
    ...given,
  };
}
