// Changed variables that nobody is about to bring in force: their job was lost or found the site being restored, a fault on
// our side ended the try, or the site was taken back to a release that does not have them.

import type { Db } from '../db/client.ts';

/** Faults on our side that one change is tried again after; then it is told as any that failed. */
const INTERRUPTIONS_MAX = 5;

/** The ids of their sites. A change that the app did not start well with is not among them. */
export async function forgottenEnvironments(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select s.id from "Site" s
    cross join lateral (
      select count(*) filter (where not d.interrupted) as tried, count(*) filter (where d.interrupted) as interrupted
      from "Deployment" d
      where d."siteId" = s.id and d."environmentRevision" = s."environmentRevision"
        and (d.cause = 'environment' or d.status <> 'failed')
        and d."startedAt" >= coalesce(s."restoredAt", '-infinity')
    ) since
    where s.state = 'live' and s."liveDeploymentId" is not null
      and s."environmentRevision" <> s."liveEnvironment"
      and since.tried = 0 and since.interrupted < ${INTERRUPTIONS_MAX}
      and not exists (select from graphile_worker.jobs j where j.key = 'environment:' || s.id and j.attempts < j.max_attempts)`;
  return rows.map(({ id }) => id);
}
