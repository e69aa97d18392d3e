// The public keys of a user: they open what he may enter, over SSH and git, for as long as he may.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { AppError } from '../errors/app-error.ts';
import { ringSitesOf } from '../sites/ring.ts';
import { lockUser } from '../users/totals.ts';
import { parsePublicKey } from './public-key.ts';

export const USER_KEYS_MAX = 20;

export interface UserKeyView {
  id: string;
  fingerprint: string;
  type: string;
  comment: string;
  createdAt: string;
}

/** Adds one line of an authorized_keys file; a key that is there already changes nothing. Throws `bad-key`, `too-many-keys`. */
export async function addUserKey(
  db: Db,
  userId: string,
  text: string,
  who: Who,
): Promise<{ id: string; fingerprint: string }> {
  const { fingerprint, line } = parsePublicKey(text);
  return db.$transaction(async (tx) => {
    await lockUser(tx, userId);
    const known = await tx.userKey.findUnique({ where: { userId_fingerprint: { userId, fingerprint } } });
    if (known) return { id: known.id, fingerprint };
    if ((await tx.userKey.count({ where: { userId } })) >= USER_KEYS_MAX) {
      throw new AppError('too-many-keys', {
        message: `You have ${USER_KEYS_MAX} keys, which is the most there may be.`,
        hint: 'Remove one that is no longer used, then add this one.',
      });
    }
    const { id } = await tx.userKey.create({ data: { userId, fingerprint, publicKey: line } });
    await audit(tx, { ...who, action: 'account.key-add', subject: fingerprint });
    return { id, fingerprint };
  });
}

/** The oldest first. */
export async function listUserKeys(db: Db, userId: string): Promise<UserKeyView[]> {
  const rows = await db.userKey.findMany({ where: { userId }, orderBy: { createdAt: 'asc' } });
  return rows.map(({ id, fingerprint, publicKey, createdAt }) => {
    const [type = '', , ...comment] = publicKey.split(' ');
    return { id, fingerprint, type, comment: comment.join(' '), createdAt: createdAt.toISOString() };
  });
}

/** What it has opened is closed; safe to repeat. */
export async function removeUserKey(db: Db, userId: string, id: string, who: Who): Promise<void> {
  await db.$transaction(async (tx) => {
    const key = await tx.userKey.findFirst({ where: { id, userId }, select: { fingerprint: true } });
    if (!key) return;
    await tx.userKey.deleteMany({ where: { id, userId } });
    await audit(tx, { ...who, action: 'account.key-remove', subject: key.fingerprint });
    await ringSitesOf(tx, userId);
  });
}
