// Who may come to the console: whoever proves a key that an account has, with any name; and under a name that no site can
// have, such as `console`, whoever proves any key. So nobody learns from it which names are sites'.

import { findPublicKey } from '#lib/keys/public-key.ts';
import { isSignedBy } from '#lib/keys/signature.ts';
import { isSiteName } from '#lib/sites/names.ts';
import { type Attempt, BLOB_BYTES_MAX } from '../credentials.ts';
import type { Identity } from '../door.ts';
import type { Sites } from '../sites.ts';

/** Null: this key does not come in under this name, or it has not signed what it was to sign. */
export async function findVisitor(
  { sites }: { sites: Pick<Sites, 'accountsWith' | 'keysWith'> },
  user: string,
  attempt: Attempt,
): Promise<Identity | null> {
  if (attempt.method !== 'publickey' || attempt.blob.length > BLOB_BYTES_MAX) return null;
  const key = findPublicKey(attempt.blob);
  if (!key || (attempt.signed !== null && !isSignedBy(key, attempt.signed))) return null;
  const { fingerprint } = key;
  const [accounts, opened] = await Promise.all([sites.accountsWith(fingerprint), sites.keysWith(fingerprint, null)]);
  const [account] = accounts;
  if (!account && isSiteName(user)) return null;
  const isNobody = !account && opened.length === 0;
  return {
    user,
    credential: { kind: 'key', fingerprint },
    access: 'view',
    place: account ? `account ${account.id}` : fingerprint,
    site: null,
    visitor: { key, isNobody },
  };
}
