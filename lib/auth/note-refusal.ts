// A refused sign-in in the audit log. Anybody can have one, and no row is ever deleted there: so many an hour are
// written down, whoever they are of.

import { audit } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import type { Throttle } from './throttle.ts';

export const REFUSALS_PER_HOUR = 100;

/** `refusals` counts those of all callers together. */
export async function noteRefusal(
  { db, refusals }: { db: Db; refusals: Throttle },
  address: string,
  subject: string,
  action: 'admin.sign-in-refused' | 'account.sign-in-refused' = 'admin.sign-in-refused',
): Promise<void> {
  try {
    refusals.attempt('all');
  } catch {
    return; // There are enough to see that somebody tries.
  }
  await audit(db, { actor: { id: null, role: 'stranger' }, address, action, subject });
}
