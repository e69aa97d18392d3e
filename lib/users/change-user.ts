// An admin sets a user's plan and totals. With the plan go all of his sites, while they run; limits of their own stay.

import { audit, type Who } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { Plan, User } from '../db/generated/client.ts';
import { AppError } from '../errors/app-error.ts';
import { planNotFound } from '../plans/plans.ts';
import { seenOf, toColumn } from '../sites/change-limits.ts';
import { bringInForce, FOLLOWER, type Follower, foreseeMany } from '../sites/follow-limits.ts';
import type { UserChange } from '../sites/limit-bounds.ts';
import { limitsOf } from '../sites/limits.ts';
import { lockUser, overTotal, planNameOf, readTotals, type Totals, totalRefused, totalsMaxOf } from './totals.ts';

export interface UserAnswer {
  id: string;
  preview: boolean;
  plan: string;
  /** What his sites are promised after the change, and what they may be. */
  promised: Totals;
  max: Totals;
  sentences: string[];
}

export interface UserRequest {
  change: UserChange;
  preview: boolean;
  /** Also when his sites then have more than his totals. */
  force: boolean;
}

/** Throws `not-found`, and `over-total` unless forced. */
export async function changeUser({ db }: { db: Db }, who: Who, id: string, request: UserRequest): Promise<UserAnswer> {
  return db.$transaction(async (tx) => {
    await lockUser(tx, id);
    const user = await tx.user.findUnique({ where: { id } });
    if (!user) throw userNotFound();
    const columns = Object.fromEntries(
      Object.entries(request.change).map(([field, value]) => [
        field,
        typeof value === 'number' ? toColumn(field, value) : (value ?? null),
      ]),
    );
    const next = { ...user, ...columns } as User;
    const plan = await requirePlan(tx, planNameOf(next));
    const followers = planNameOf(next) === planNameOf(user) ? [] : await followersOf(tx, user, plan);
    const { promised, over } = await foreseeTotals(tx, next, plan, followers);
    const sentences = [...(followers.length > 0 ? foreseeMany(followers) : []), ...(over ? [over] : [])];
    const { preview } = request;
    const answer = { id, preview, plan: plan.name, promised, max: totalsMaxOf(next, plan), sentences };
    if (preview) return answer;
    if (over && !request.force) throw totalRefused(over);
    await tx.user.update({ where: { id }, data: columns });
    const was = Object.fromEntries(Object.keys(columns).map((field) => [field, user[field as keyof UserChange]]));
    await audit(tx, { ...who, action: 'user.limits', subject: user.email ?? id, before: was, after: columns });
    await moveSites(tx, followers, plan);
    return answer;
  });
}

async function followersOf(tx: Transaction, user: User, plan: Plan): Promise<Follower[]> {
  const where = { ownerId: user.id, state: { not: 'deleting' as const } };
  const sites = await tx.site.findMany({ where, include: FOLLOWER, orderBy: { name: 'asc' } });
  const host = await tx.host.findUnique({ where: { node: 'local' } });
  return sites.map((site) => ({
    id: site.id,
    name: site.name,
    before: limitsOf(site),
    after: limitsOf({ ...site, plan }),
    seen: seenOf(site, host?.diskKind),
  }));
}

/** Of the sites together, as they will be. */
async function foreseeTotals(tx: Transaction, user: User, plan: Plan, followers: Follower[]) {
  const now = await readTotals(tx, user.id);
  const grows = (limit: 'diskBytesMax' | 'memoryBytesMax') =>
    followers.reduce((sum, { before, after }) => sum + after[limit] - before[limit], 0);
  const promised = {
    sites: now.sites,
    diskBytes: now.diskBytes + grows('diskBytesMax'),
    memoryBytes: now.memoryBytes + grows('memoryBytesMax'),
  };
  const over = user.role === 'admin' ? null : overTotal(now, promised, totalsMaxOf(user, plan));
  return { promised, over };
}

/** A plan without a lifetime takes the expiry away; one with a lifetime never adds one to a site that is there. */
async function moveSites(tx: Transaction, followers: Follower[], plan: Plan): Promise<void> {
  if (followers.length === 0) return;
  const expiry = plan.lifetimeMinutes === null ? { expiresAt: null } : {};
  const where = { id: { in: followers.map(({ id }) => id) } };
  await tx.site.updateMany({ where, data: { planName: plan.name, ...expiry } });
  await bringInForce(tx, followers);
}

async function requirePlan(tx: Transaction, name: string): Promise<Plan> {
  const plan = await tx.plan.findUnique({ where: { name } });
  if (!plan) throw planNotFound(name);
  return plan;
}

export function userNotFound(): AppError {
  return new AppError('not-found', {
    message: 'There is no such user.',
    hint: 'Choose one of the users that are listed.',
  });
}
