// The browser that wants in.

import { clientAddress } from '../auth/client-address.ts';
import { claimOf } from '../auth/viewer.ts';
import type { Settings } from '../env.ts';

export interface Caller {
  address: string;
  userAgent: string | null;
  /** The session that its cookie names, which a new one takes the place of. */
  sessionId: string | null;
}

export async function readCaller(settings: Settings, headers: Headers): Promise<Caller> {
  const claim = await claimOf(settings, headers);
  return {
    address: clientAddress(headers),
    userAgent: headers.get('user-agent'),
    sessionId: claim?.sessionId ?? null,
  };
}
