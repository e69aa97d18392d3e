// One reading of all sites into the database with one statement.

import type { Db } from '../db/client.ts';

export interface SiteUsage {
  siteId: string;
  diskBytes: number;
  memoryBytes: number;
  pids: number;
  cpuMicros: number;
  oomKills: number;
}

/** Replaces the newest reading of each site. Sites that have gone meanwhile are passed over. */
export async function recordUsage(db: Db, readings: SiteUsage[]): Promise<void> {
  if (readings.length === 0) return;
  await db.$executeRaw`
    insert into "Usage" ("siteId", "diskBytes", "memoryBytes", pids, "cpuMicros", "oomKills", "readAt")
    select r."siteId"::uuid, r."diskBytes", r."memoryBytes", r.pids, r."cpuMicros", r."oomKills", now()
    from jsonb_to_recordset(${JSON.stringify(readings)}::jsonb)
      as r("siteId" text, "diskBytes" bigint, "memoryBytes" bigint, pids int, "cpuMicros" bigint, "oomKills" int)
    where exists (select 1 from "Site" s where s.id = r."siteId"::uuid)
    on conflict ("siteId") do update set "diskBytes" = excluded."diskBytes", "memoryBytes" = excluded."memoryBytes",
      pids = excluded.pids, "cpuMicros" = excluded."cpuMicros", "oomKills" = excluded."oomKills", "readAt" = excluded."readAt"`;
}
