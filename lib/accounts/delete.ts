// The end of an account with all it had. The wish is one row that ends every session; sites go the way that every site
// goes, and the user's row when the last of them has gone. Killed in between, the keeper goes on.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { removeMember } from '../sharing/members.ts';
import { requestDelete } from '../sites/delete.ts';
import { lockUser } from '../users/totals.ts';
import { addressOf } from './enter.ts';
import { endAllSessions } from './sessions.ts';
import { dropWaysIn } from './ways-in.ts';

const BATCH = 50;

/** `secret` is the instance's. */
export interface EndDeps {
  db: Db;
  secret: string;
}

/** From here on nobody signs in as this user; safe to repeat. The address is free at once. */
export async function requestAccountDelete(deps: EndDeps, who: Who, userId: string): Promise<void> {
  await deps.db.$transaction(async (tx) => {
    await lockUser(tx, userId);
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    if (user.deletingAt !== null) return;
    const names = await tx.site.findMany({
      where: { ownerId: userId, state: { not: 'deleting' } },
      select: { name: true },
    });
    const nothing = { email: null, pendingEmail: null, emailVerifiedAt: null, passwordHash: null, passwordSetAt: null };
    await tx.user.update({ where: { id: userId }, data: { ...nothing, deletingAt: new Date() } });
    await endAllSessions(tx, userId);
    await tx.mailedLink.deleteMany({ where: { userId } });
    await tx.alertChannel.deleteMany({ where: { ownerId: userId } });
    await dropWaysIn(tx, userId);
    const before = { sites: names.map(({ name }) => name).join(', ') || null };
    await audit(tx, { ...who, action: 'account.delete', subject: addressOf(user), before });
  });
  await leaveSitesOf(deps, userId);
  await deleteSitesOf(deps.db, userId);
}

/** Goes on with what was asked for: the sites that are left, then the rows. Answers how many users are gone. */
export async function sweepAccounts({ db, secret }: EndDeps): Promise<number> {
  const users = await db.user.findMany({
    where: { deletingAt: { not: null } },
    orderBy: { deletingAt: 'asc' },
    take: BATCH,
  });
  let gone = 0;
  for (const { id } of users) {
    await leaveSitesOf({ db, secret }, id);
    await deleteSitesOf(db, id);
    gone += await db.$transaction(async (tx) => {
      await lockUser(tx, id);
      const { count } = await tx.user.deleteMany({ where: { id, deletingAt: { not: null }, sites: { none: {} } } });
      return count;
    });
  }
  return gone;
}

/** What others shared with him: a site that he was an owner of gets new secrets. */
async function leaveSitesOf(deps: EndDeps, userId: string): Promise<void> {
  const who: Who = { actor: { id: userId, role: 'member' }, address: null };
  const select = { id: true, name: true, ownerId: true };
  const sites = await deps.db.site.findMany({ where: { members: { some: { userId } } }, select });
  for (const site of sites) await removeMember(deps, site, userId, who);
}

/** Also those that could have been brought back. */
async function deleteSitesOf(db: Db, userId: string): Promise<void> {
  await db.site.updateMany({ where: { ownerId: userId, state: 'deleting' }, data: { undoUntil: null } });
  const sites = await db.site.findMany({
    where: { ownerId: userId, state: { not: 'deleting' } },
    select: { id: true },
  });
  for (const site of sites) await requestDelete(db, site);
}
