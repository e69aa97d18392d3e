// Changed variables that nobody tried to bring in force and nobody is about to: their job was lost, or found the site being
// restored.

import type { Db } from '../db/client.ts';

/** The ids of their sites. A change that was tried and failed is not among them. */
export async function forgottenEnvironments(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    select s.id from "Site" s where s.state = 'live' and s."liveDeploymentId" is not null
      and s."environmentRevision" <> s."liveEnvironment"
      and not exists (select from "Deployment" d where d."siteId" = s.id and d."environmentRevision" = s."environmentRevision")
      and not exists (select from graphile_worker.jobs j where j.key = 'environment:' || s.id and j.attempts < j.max_attempts)`;
  return rows.map(({ id }) => id);
}
