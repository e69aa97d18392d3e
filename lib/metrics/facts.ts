// What /metrics tells, read from the database in a few queries: nothing here touches the machine.

import type { Db } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import { limitsOf } from '../sites/limits.ts';
import { readPromised } from '../sites/promised.ts';

/** Sites with series of their own: each has some twenty. */
export const SITES_MAX = 2_000;

const OBSERVED = {
  name: true,
  ...{ diskBytesMax: true, inodesMax: true, memoryBytesMax: true, cpuMillisMax: true, pidsMax: true },
  ...{ bandwidthBytesMax: true, connectionsMax: true, newConnectionsMax: true },
  plan: true,
  usage: true,
} satisfies Prisma.SiteSelect;

export type Facts = Awaited<ReturnType<typeof readFacts>>;

export async function readFacts(db: Db, settings: { readySites: number; overcommit: number }) {
  const [host, states, sites, ready, deployments, verdicts, promised, jobs] = await Promise.all([
    db.host.findUnique({ where: { node: 'local' } }),
    db.site.groupBy({ by: ['state', 'rest', 'heldBy'], _count: true }),
    db.site.findMany({
      where: { ownerId: { not: null }, state: { not: 'deleting' } },
      select: OBSERVED,
      orderBy: { name: 'asc' },
      take: SITES_MAX,
    }),
    db.site.count({ where: { ownerId: null, state: 'live' } }),
    db.deployment.groupBy({ by: ['status'], _count: true }),
    db.verdict.groupBy({ by: ['kind', 'level'], _count: true }),
    readPromised(db),
    db.$queryRaw<{ waiting: number }[]>`
      select count(*)::int as waiting from graphile_worker.jobs where locked_at is null and attempts < max_attempts`,
  ]);
  return {
    host,
    states: states.map(({ _count, ...state }) => ({ ...state, count: _count })),
    sites: sites.map((site) => ({ name: site.name, usage: site.usage, limits: limitsOf(site) })),
    ready: { now: ready, wanted: settings.readySites },
    deployments: deployments.map(({ status, _count }) => ({ status, count: _count })),
    verdicts: verdicts.map(({ kind, level, _count }) => ({ kind, level, count: _count })),
    promised,
    overcommit: settings.overcommit,
    jobsWaiting: jobs[0]?.waiting ?? 0,
    at: new Date(),
  };
}
