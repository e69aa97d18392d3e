// Jobs for the deploy worker, added in the transaction of the change that asks for them. A job is a hint: what it asks
// for is also seen by the reconcile loop, except rollbacks and redeploys, which are jobs alone.

import { z } from 'zod';
import type { Db, Transaction } from '../db/client.ts';

/** Who asked for a deployment, in words. */
const BY = z.string().max(1_000).nullable().default(null);

export const JOBS = {
  /** Bring a site to what its row says: launch it, mend it or delete it. */
  converge: z.object({ siteId: z.uuid() }),
  /** Bring a site's limits in force, while it runs. */
  limits: z.object({ siteId: z.uuid() }),
  /** Wake a site, for somebody who will come. */
  wake: z.object({ siteId: z.uuid() }),
  /** Give the live release the variables that the site is to have. */
  environment: z.object({ siteId: z.uuid() }),
  /** Make an earlier release live; null: the one before. */
  rollback: z.object({ siteId: z.uuid(), deploymentId: z.uuid().nullable(), by: BY }),
  /** Build the commit of an earlier deployment anew. */
  redeploy: z.object({ siteId: z.uuid(), deploymentId: z.uuid(), by: BY }),
  /** Fetch what a site follows. */
  upstream: z.object({ siteId: z.uuid() }),
} as const;

/** Who waits at a door comes first; a changed limit comes before launches, which take longer. */
const PRIORITIES: Partial<Record<keyof typeof JOBS, number>> = { wake: -20, limits: -10 };

export type JobName = keyof typeof JOBS;
export type JobPayload<Name extends JobName> = z.input<(typeof JOBS)[Name]>;

/** Adds a job, or replaces the one that waits under the same key. Rejects a payload that is not of the job's form. */
export async function addJob<Name extends JobName>(
  db: Db | Transaction,
  name: Name,
  payload: JobPayload<Name>,
): Promise<void> {
  const checked = JOBS[name].parse(payload);
  const key = `${name}:${checked.siteId}`;
  await db.$executeRaw`
    select graphile_worker.add_job(${name}::text, payload := ${JSON.stringify(checked)}::json, job_key := ${key}::text, max_attempts := 3,
      priority := ${PRIORITIES[name] ?? 0}::int)`;
}

/** One such job for each of these sites, with one statement. */
export async function addJobs(db: Db | Transaction, name: 'converge' | 'limits', siteIds: string[]): Promise<void> {
  const checked = siteIds.map((siteId) => JOBS[name].parse({ siteId }).siteId);
  await db.$executeRaw`
    select graphile_worker.add_job(${name}::text, payload := json_build_object('siteId', id), job_key := ${`${name}:`}::text || id, max_attempts := 3)
    from unnest(${checked}::text[]) as id`;
}
