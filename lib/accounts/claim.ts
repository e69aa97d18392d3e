// What a guest launched stays, and becomes an account's: his own user becomes a member, or his sites go over to an
// account that he proved to be his. The sites go on running; they get the account's plan, and no end.

import { formatBytes } from '../bytes.ts';
import type { Transaction } from '../db/client.ts';
import type { User } from '../db/generated/client.ts';
import { notifyAll } from '../db/notify.ts';
import { AppError, invariant } from '../errors/app-error.ts';
import { seenOf } from '../sites/change-limits.ts';
import { bringInForce, FOLLOWER, type Follower } from '../sites/follow-limits.ts';
import { count } from '../sites/limit-words.ts';
import { limitsOf } from '../sites/limits.ts';
import { lockUser, planNameOf, readTotals, totalsMaxOf } from '../users/totals.ts';
import { moveWaysIn } from './ways-in.ts';

/** Raises a guest to a member; his sites follow. Cookies from before end: they named no session. */
export async function becomeMember(tx: Transaction, guestId: string): Promise<void> {
  await lockUser(tx, guestId);
  const guest = await tx.user.findUniqueOrThrow({ where: { id: guestId } });
  if (guest.role !== 'guest') return;
  const data = { role: 'member' as const, sessionVersion: { increment: 1 } };
  const member = await tx.user.update({ where: { id: guestId }, data });
  await handOver(tx, await followersOf(tx, guest, member), member);
}

/**
 * The sites of a user without an address of his own become the account's, with his alert channels, tokens, keys and what others
 * shared with him; he is no more. Throws `over-total` when the account has no room for them: then nothing is changed.
 */
export async function mergeInto(tx: Transaction, userId: string, accountId: string): Promise<void> {
  for (const id of [userId, accountId].sort()) await lockUser(tx, id);
  const user = await tx.user.findUnique({ where: { id: userId } });
  const account = await tx.user.findUniqueOrThrow({ where: { id: accountId } });
  if (!user || user.id === account.id) return;
  invariant(user.email === null && user.role !== 'admin', 'only who has no address of his own is merged');
  const followers = await followersOf(tx, user, account);
  if (account.role !== 'admin') await requireRoom(tx, account, followers);
  await handOver(tx, followers, account);
  await tx.site.updateMany({ where: { ownerId: userId }, data: { ownerId: accountId } }); // Those on their way out.
  await tx.alertChannel.updateMany({ where: { ownerId: userId }, data: { ownerId: accountId } });
  await tx.$executeRaw`
    insert into "Member" ("siteId", "userId", role, "createdAt")
    select "siteId", ${accountId}::uuid, role, "createdAt" from "Member" where "userId" = ${userId}::uuid
    on conflict do nothing`;
  await moveWaysIn(tx, userId, accountId);
  await tx.user.delete({ where: { id: userId } });
}

/** The user's sites with their limits before and after. One with a plan that an admin chose for it keeps that. */
async function followersOf(tx: Transaction, user: User, account: User): Promise<(Follower & { planName: string })[]> {
  const plan = await tx.plan.findUniqueOrThrow({ where: { name: planNameOf(account) } });
  const where = { ownerId: user.id, state: { not: 'deleting' as const } };
  const sites = await tx.site.findMany({ where, include: FOLLOWER, orderBy: { name: 'asc' } });
  const host = await tx.host.findUnique({ where: { node: 'local' } });
  return sites.map((site) => {
    const next = site.planName === planNameOf(user) ? plan : site.plan;
    return {
      ...{ id: site.id, name: site.name, planName: next.name, seen: seenOf(site, host?.diskKind) },
      before: limitsOf(site),
      after: limitsOf({ ...site, plan: next }),
    };
  });
}

/** Also takes the launch key away: who repeats it is given the site, and with it a session of its owner. */
async function handOver(
  tx: Transaction,
  followers: (Follower & { planName: string })[],
  { id: ownerId }: User,
): Promise<void> {
  for (const { id, planName } of followers) {
    await tx.site.update({ where: { id }, data: { ownerId, planName, expiresAt: null, launchKey: null } });
  }
  const ids = followers.map(({ id }) => id);
  await bringInForce(tx, followers);
  await notifyAll(tx, 'site', ids);
}

/** With the numbers of the first total that has no room. */
async function requireRoom(tx: Transaction, account: User, followers: Follower[]): Promise<void> {
  if (followers.length === 0) return;
  const plan = await tx.plan.findUniqueOrThrow({ where: { name: planNameOf(account) } });
  const [now, max] = [await readTotals(tx, account.id), totalsMaxOf(account, plan)];
  const sum = (limit: 'diskBytesMax' | 'memoryBytesMax') => followers.reduce((all, { after }) => all + after[limit], 0);
  const parts = [
    { has: now.sites, more: followers.length, of: max.sites, write: (sites: number) => count(sites, 'site') },
    { has: now.diskBytes, more: sum('diskBytesMax'), of: max.diskBytes, write: withWord('disk') },
    { has: now.memoryBytes, more: sum('memoryBytesMax'), of: max.memoryBytes, write: withWord('memory') },
  ];
  const full = parts.find(({ has, more, of }) => has + more > of);
  if (!full) return;
  throw new AppError('over-total', {
    message: `Your account has ${full.write(full.has)} of ${full.write(full.of)}, and the site of this browser needs ${full.write(full.more)} more.`,
    hint: 'Nothing was changed. Sign in with another browser and delete a site there, or delete the one here; then sign in again.',
  });
}

function withWord(word: string): (bytes: number) => string {
  return (bytes) => `${formatBytes(bytes)} of ${word}`;
}
