// What dead processes still hold: jobs, which graphile-worker itself would keep locked for four hours, and leases, which
// block nobody once they have expired and would be there for ever.

import type { Db } from '../db/client.ts';

/** A process that stood still may find its lease as it was, unless somebody took it. */
const EXPIRED_SECONDS_MAX = 60;

/**
 * Jobs that are locked by whom no heartbeat is known of; `silentMs`: since when at the least. `own`: the caller's names. A
 * process that stood still finds itself silent, and its jobs still go on in it.
 */
export async function freeJobs(db: Db, silentMs: number, own: ReadonlySet<string>): Promise<void> {
  await db.$executeRaw`
    select graphile_worker.force_unlock_workers(array(
      select distinct locked_by from graphile_worker.jobs
      where locked_at < now() - ${silentMs} * interval '1 millisecond'
        and not exists (select from "Heartbeat" where process = locked_by)
        and locked_by <> all(${[...own]}::text[])
    ))`;
}

/** For the start of the one process that works on jobs: what is locked was locked by the one before it. */
export async function freeAllJobs(db: Db): Promise<void> {
  await db.$executeRaw`
    select graphile_worker.force_unlock_workers(array(
      select distinct locked_by from graphile_worker.jobs where locked_by is not null
    ))`;
}

/** Expired leases of sites that are gone, and of holders that will not come back. */
export async function dropLeases(db: Db): Promise<void> {
  await db.$executeRaw`
    delete from "Lease" l where "expiresAt" < now() and (
      "expiresAt" < now() - ${EXPIRED_SECONDS_MAX} * interval '1 second'
      or not exists (select from "Site" s where l.name like '%:' || s.id)
    )`;
}
