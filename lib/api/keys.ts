// The public keys of a site: who may enter over SSH and git without the password.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { AppError } from '../errors/app-error.ts';
import { parsePublicKey } from '../keys/public-key.ts';

export const KEYS_MAX = 20;

type Keyed = { id: string; name: string };

/**
 * Adds one line of an authorized_keys file; a key that is there already changes nothing. `adder` is the user
 * it goes with, `admin` who does it to somebody else's site. Throws `bad-key`, `too-many-keys`.
 */
export async function addKey(
  db: Db,
  { id: siteId, name }: Keyed,
  text: string,
  by: { adder: string | null; admin: Who | null } = { adder: null, admin: null },
): Promise<{ id: string; fingerprint: string }> {
  const { fingerprint, line } = parsePublicKey(text);
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`select 1 from "Site" where id = ${siteId}::uuid for update`;
    const known = await tx.sshKey.findUnique({ where: { siteId_fingerprint: { siteId, fingerprint } } });
    if (known) return { id: known.id, fingerprint };
    if ((await tx.sshKey.count({ where: { siteId } })) >= KEYS_MAX) {
      throw new AppError('too-many-keys', {
        message: `The site has ${KEYS_MAX} keys, which is the most it may have.`,
        hint: 'Remove one that is no longer used, then add this one.',
      });
    }
    const { id } = await tx.sshKey.create({ data: { siteId, fingerprint, publicKey: line, addedById: by.adder } });
    if (by.admin)
      await audit(tx, { ...by.admin, action: 'site.key-add', subject: name, siteId, after: { fingerprint } });
    await notify(tx, 'site', siteId);
    return { id, fingerprint };
  });
}

/** Removes a key of this site; safe to repeat. */
export async function removeKey(db: Db, { id: siteId, name }: Keyed, id: string, by: Who | null = null): Promise<void> {
  await db.$transaction(async (tx) => {
    const key = await tx.sshKey.findFirst({ where: { id, siteId }, select: { fingerprint: true } });
    if (!key) return;
    await tx.sshKey.deleteMany({ where: { id, siteId } });
    if (by) await audit(tx, { ...by, action: 'site.key-remove', subject: name, siteId, before: key });
    await notify(tx, 'site', siteId);
  });
}
