// What the rows want of the machine, and which of them are still under way.

import type { Db } from '../db/client.ts';
import type { Checkpoint, Deployment, Lease, Prisma } from '../db/generated/client.ts';
import { readDomainHosts } from '../domains/hosts.ts';
import type { Settings } from '../env.ts';
import { forgottenEnvironments } from '../environment/forgotten.ts';
import { readMovedHosts } from '../sites/old-names.ts';

const SITE = { plan: true, liveDeployment: { select: { number: true } } } satisfies Prisma.SiteInclude;

export type WantedSite = Prisma.SiteGetPayload<{ include: typeof SITE }>;

export interface Wanted {
  sites: WantedSite[];
  checkpoints: Pick<Checkpoint, 'id' | 'siteId' | 'status'>[];
  /** Those that run, and those that some process has not settled yet. */
  deployments: Pick<Deployment, 'siteId' | 'number' | 'status' | 'runner'>[];
  leases: (Pick<Lease, 'name' | 'holder'> & { expiredSeconds: number })[];
  jobs: { key: string; lockedBy: string | null }[];
  /** Sites whose variables were changed, for which nobody has tried to put them in force, and no job is there to do so. */
  forgottenEnvironments: string[];
  /** Processes that beat. */
  alive: string[];
  /** From hosts of earlier names to origins, and from proved domains to hosts. */
  moved: Map<string, string>;
  domains: Map<string, string>;
}

export async function readWanted(db: Db, settings: Settings): Promise<Wanted> {
  const open = { OR: [{ status: 'running' as const }, { runner: { not: null } }] };
  const [sites, checkpoints, deployments, leases, jobs, forgotten, alive, moved, domains] = await Promise.all([
    db.site.findMany({ include: SITE }),
    db.checkpoint.findMany({ where: { status: { not: 'failed' } }, select: { id: true, siteId: true, status: true } }),
    db.deployment.findMany({ where: open, select: { siteId: true, number: true, status: true, runner: true } }),
    db.$queryRaw<Wanted['leases']>`
      select name, holder, extract(epoch from now() - "expiresAt")::float8 as "expiredSeconds" from "Lease"`,
    db.$queryRaw<Wanted['jobs']>`
      select coalesce(key, task_identifier) as key, locked_by as "lockedBy" from graphile_worker.jobs where attempts < max_attempts`,
    forgottenEnvironments(db),
    db.$queryRaw<{ process: string }[]>`select process from "Heartbeat" where at > now() - interval '10 seconds'`,
    readMovedHosts(db, settings),
    readDomainHosts(db, settings),
  ]);
  return {
    ...{ sites, checkpoints, deployments, leases, jobs, forgottenEnvironments: forgotten },
    ...{ alive: alive.map(({ process }) => process), moved, domains },
  };
}
