// An admin sets limits of one site. The row, the audit log, the event and the job that brings them in force are one
// transaction; with `preview` nothing is written. Two admins at once: each sets only what he names, one after the other,
// and the audit log has what each found.

import { audit, type Who } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { lockUser, overTotal, planNameOf, readTotals, totalRefused, totalsMaxOf } from '../users/totals.ts';
import { foresee, type SeenSite } from './foresee-limits.ts';
import type { SiteLimitsChange } from './limit-bounds.ts';
import { stepsBetween, tellSteps } from './limit-words.ts';
import { limitsOf, OWN_LIMITS, type OwnLimit, type SiteLimits } from './limits.ts';

export interface LimitsRequest {
  limits: SiteLimitsChange;
  /** Say what would happen, and change nothing. */
  preview: boolean;
  /** Also over the owner's totals. */
  force: boolean;
}

export interface LimitsAnswer {
  name: string;
  preview: boolean;
  before: Record<OwnLimit, number>;
  after: Record<OwnLimit, number>;
  /** What happens, one sentence each; none: nothing changes. */
  sentences: string[];
}

const SEEN = { plan: true, usage: true, owner: true } satisfies Prisma.SiteInclude;
type SeenRow = Prisma.SiteGetPayload<{ include: typeof SEEN }>;

/** Throws `not-found`, `bad-request`, and `over-total` unless forced. */
export async function changeLimits(
  { db }: { db: Db },
  who: Who,
  name: string,
  request: LimitsRequest,
): Promise<LimitsAnswer> {
  return db.$transaction(async (tx) => {
    const site = await lockSite(tx, name);
    const own = Object.fromEntries(
      Object.entries(request.limits).map(([limit, value]) => [limit, toColumn(limit, value ?? null)]),
    );
    const before = limitsOf(site);
    const after = limitsOf({ ...site, ...own });
    const host = await tx.host.findUnique({ where: { node: site.node } });
    requireCores(after.cpuMillisMax, before.cpuMillisMax, host?.cpuCount ?? null);
    const over = await overOwnersTotal(tx, site, before, after);
    const sentences = [...foresee(before, after, seenOf(site, host?.diskKind)), ...(over ? [over] : [])];
    const answer = { name, preview: request.preview, before: ownOf(before), after: ownOf(after), sentences };
    if (request.preview) return answer;
    if (over && !request.force) throw totalRefused(over);
    await write(tx, who, site, { own, before, after });
    return answer;
  });
}

async function write(
  tx: Transaction,
  who: Who,
  site: SeenRow,
  { own, before, after }: { own: Record<string, bigint | number | null>; before: SiteLimits; after: SiteLimits },
): Promise<void> {
  const was = Object.fromEntries(Object.keys(own).map((limit) => [limit, site[limit as OwnLimit]]));
  await tx.site.update({ where: { id: site.id }, data: own });
  await audit(tx, { ...who, action: 'site.limits', subject: site.name, siteId: site.id, before: was, after: own });
  const steps = stepsBetween(before, after);
  if (steps.length === 0) return;
  await tx.event.create({ data: { siteId: site.id, kind: 'limits', text: tellSteps(steps) } });
  await addJob(tx, 'limits', { siteId: site.id });
  await notify(tx, 'site', site.id);
}

/** The owner first, as whoever changes a user's sites locks them. */
async function lockSite(tx: Transaction, name: string): Promise<SeenRow> {
  const found = await tx.site.findUnique({ where: { name }, select: { ownerId: true } });
  if (found?.ownerId) await lockUser(tx, found.ownerId);
  await tx.$executeRaw`select 1 from "Site" where name = ${name} for update`;
  const site = await tx.site.findUnique({ where: { name }, include: SEEN });
  if (!site || site.state === 'deleting') throw siteNotFound();
  return site;
}

async function overOwnersTotal(tx: Transaction, { owner }: SeenRow, before: SiteLimits, after: SiteLimits) {
  if (!owner || owner.role === 'admin') return null;
  const plan = await tx.plan.findUniqueOrThrow({ where: { name: planNameOf(owner) } });
  const now = await readTotals(tx, owner.id);
  const next = {
    sites: now.sites,
    diskBytes: now.diskBytes - before.diskBytesMax + after.diskBytesMax,
    memoryBytes: now.memoryBytes - before.memoryBytesMax + after.memoryBytesMax,
  };
  return overTotal(now, next, totalsMaxOf(owner, plan));
}

/** The engine refuses more cores than the machine has. What is so already may stay. */
export function requireCores(millis: number, before: number | null, cpuCount: number | null): void {
  if (cpuCount === null || millis <= cpuCount * 1000 || millis === before) return;
  throw new AppError('bad-request', {
    message: `"cpuMillisMax" is not right: this machine has ${cpuCount} cores, so ${cpuCount * 1000} is the most.`,
    hint: 'Correct the request and send it again.',
  });
}

/** What is known of a site and matters to its limits. Pure. */
export function seenOf(
  site: Pick<SeenRow, 'state' | 'rest' | 'heldBy' | 'usage'>,
  diskKind: string | undefined,
): SeenSite {
  const { usage } = site;
  return {
    usage: usage && {
      diskBytes: Number(usage.diskBytes),
      memoryBytes: Number(usage.memoryBytes),
      pids: usage.pids,
      inodes: usage.inodes,
    },
    runs: site.state === 'live' && site.rest !== 'stopped' && site.heldBy === null,
    diskKind: diskKind ?? 'btrfs',
  };
}

const BIG = new Set<string>([
  'diskBytesMax',
  'memoryBytesMax',
  'bandwidthBytesMax',
  'logBytesMax',
  'tmpfsBytesMax',
  'pushBytesMax',
  'totalDiskBytesMax',
  'totalMemoryBytesMax',
]);

/** A number as its column takes it. Pure. */
export function toColumn(name: string, value: number | null): bigint | number | null {
  return value !== null && BIG.has(name) ? BigInt(value) : value;
}

function ownOf(limits: SiteLimits): Record<OwnLimit, number> {
  return Object.fromEntries(OWN_LIMITS.map((limit) => [limit, limits[limit]])) as Record<OwnLimit, number>;
}
