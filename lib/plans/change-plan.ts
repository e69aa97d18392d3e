// Plans are edited, made and deleted here. All sites of a plan follow its numbers while they run; a limit of their own
// stays. Rows, audit log, events and jobs are one transaction.

import { audit, type Who } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import { type Plan, Prisma } from '../db/generated/client.ts';
import { AppError } from '../errors/app-error.ts';
import { requireCores, seenOf, toColumn } from '../sites/change-limits.ts';
import { bringInForce, FOLLOWER, type Follower, foreseeMany } from '../sites/follow-limits.ts';
import type { PlanChange, PlanNumbers } from '../sites/limit-bounds.ts';
import { count } from '../sites/limit-words.ts';
import { limitsOf } from '../sites/limits.ts';
import { KEPT_PLANS, numbersOf, planNotFound } from './plans.ts';

export interface PlanAnswer {
  name: string;
  preview: boolean;
  before: PlanNumbers;
  after: PlanNumbers;
  /** Sites whose limits change. */
  sites: number;
  sentences: string[];
}

/** Throws `not-found` and `bad-request`. With `preview` nothing is written. */
export async function changePlan(
  { db }: { db: Db },
  who: Who,
  name: string,
  { change, preview }: { change: PlanChange; preview: boolean },
): Promise<PlanAnswer> {
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`select 1 from "Plan" where name = ${name} for update`;
    const plan = await tx.plan.findUnique({ where: { name } });
    if (!plan) throw planNotFound(name);
    const columns = Object.fromEntries(
      Object.entries(change).map(([field, value]) => [field, toColumn(field, value ?? null)]),
    );
    const next = { ...plan, ...columns } as Plan;
    const [before, after] = [numbersOf(plan), numbersOf(next)];
    const followers = await followersOf(tx, plan, next);
    const host = await tx.host.findUnique({ where: { node: 'local' } });
    requireCores(after.cpuMillisMax, before.cpuMillisMax, host?.cpuCount ?? null);
    requireOrder(after);
    const sentences = [...foreseeMany(followers), ...foreseeRest(before, after)];
    const sites = followers.filter(
      ({ before: old, after: new_ }) => JSON.stringify(old) !== JSON.stringify(new_),
    ).length;
    const answer = { name, preview, before, after, sites, sentences };
    if (preview || JSON.stringify(before) === JSON.stringify(after)) return answer;
    await tx.plan.update({ where: { name }, data: columns });
    const was = Object.fromEntries(Object.keys(change).map((field) => [field, before[field as keyof PlanNumbers]]));
    await audit(tx, { ...who, action: 'plan.update', subject: name, before: was, after: columns });
    await bringInForce(tx, followers);
    return answer;
  });
}

async function followersOf(tx: Transaction, plan: Plan, next: Plan): Promise<Follower[]> {
  const where = { planName: plan.name, state: { not: 'deleting' as const } };
  const sites = await tx.site.findMany({ where, include: FOLLOWER, orderBy: { name: 'asc' } });
  const host = await tx.host.findUnique({ where: { node: 'local' } });
  return sites.map((site) => ({
    id: site.id,
    name: site.name,
    before: limitsOf({ ...site, plan }),
    after: limitsOf({ ...site, plan: next }),
    seen: seenOf(site, host?.diskKind),
  }));
}

/** What of a plan does not reach a running container, or is not of single sites. Pure. */
export function foreseeRest(before: PlanNumbers, after: PlanNumbers): string[] {
  const differs = (fields: (keyof PlanNumbers)[]) => fields.some((field) => before[field] !== after[field]);
  return [
    ...(differs(['openFilesMax', 'logBytesMax', 'tmpfsBytesMax'])
      ? ['Open files, the log and /tmp change for each site when its container is next made.']
      : []),
    ...(differs(['pushBytesMax']) ? ['The size of a push changes from the next push on.'] : []),
    ...(differs(['lifetimeMinutes']) ? ['The lifetime changes for sites that are launched from now on.'] : []),
    ...(differs(['sitesMax', 'totalDiskBytesMax', 'totalMemoryBytesMax'])
      ? ['Users who have more than the new totals keep what they have, and launch nothing more.']
      : []),
    ...(differs(['freezeAfterMinutes', 'stopAfterMinutes']) ? ['The idle times hold from the next minute on.'] : []),
  ];
}

/** Throws `bad-request` and `name-taken`. */
export async function createPlan({ db }: { db: Db }, who: Who, name: string, numbers: PlanNumbers): Promise<void> {
  requireOrder(numbers);
  const host = await db.host.findUnique({ where: { node: 'local' } });
  requireCores(numbers.cpuMillisMax, null, host?.cpuCount ?? null);
  const columns = Object.fromEntries(Object.entries(numbers).map(([field, value]) => [field, toColumn(field, value)]));
  const making = db.$transaction(async (tx) => {
    await tx.plan.create({ data: { name, ...columns } as Prisma.PlanUncheckedCreateInput });
    await audit(tx, { ...who, action: 'plan.create', subject: name, after: numbers });
  });
  await making.catch((error: unknown) => {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002') throw error;
    throw new AppError('name-taken', { message: `There is a plan ${name} already.`, hint: 'Choose another name.' });
  });
}

/** Throws `not-found`, and `plan-in-use` while any site or user has it. */
export async function deletePlan({ db }: { db: Db }, who: Who, name: string): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.$executeRaw`select 1 from "Plan" where name = ${name} for update`;
    const plan = await tx.plan.findUnique({ where: { name }, include: { _count: true } });
    if (!plan) throw planNotFound(name);
    const { _count: used, ...before } = plan;
    if (KEPT_PLANS.includes(name)) {
      throw new AppError('plan-in-use', {
        message: `The plan ${name} cannot be deleted: launches need it.`,
        hint: 'Change its numbers instead.',
      });
    }
    if (used.sites + used.users > 0) {
      throw new AppError('plan-in-use', {
        message: `The plan ${name} is in use: ${count(used.sites, 'site')} and ${count(used.users, 'user')} have it.`,
        hint: 'Give them another plan first.',
      });
    }
    await tx.plan.delete({ where: { name } });
    await audit(tx, { ...who, action: 'plan.delete', subject: name, before: numbersOf(before) });
  });
}

function requireOrder({ freezeAfterMinutes: freeze, stopAfterMinutes: stop }: PlanNumbers): void {
  if (freeze === null || stop === null || freeze < stop) return;
  throw new AppError('bad-request', {
    message: `"stopAfterMinutes" is not right: a site that is frozen after ${freeze} minutes cannot be stopped after ${stop}.`,
    hint: 'Stop it later than it is frozen.',
  });
}
