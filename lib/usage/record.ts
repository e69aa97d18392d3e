// The newest reading of each site and of the host into the database, with one statement each.

import type { Db } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';
import type { HostReading, SiteReading } from './reading.ts';

/** Of PostgreSQL's `int`. A tenant can count past it, and all sites are one statement. */
const INT_MAX = 2 ** 31 - 1;

/** A reading with what is told of a longer time than its own. */
export interface RecordedReading extends SiteReading {
  requestsPerMinute: number;
  p95Millis: number | null;
  rxBytesPerSecond: number;
  txBytesPerSecond: number;
}

/** Replaces the newest reading of each site. Sites that have gone meanwhile are passed over. */
export async function recordUsage(db: Db, readings: readonly RecordedReading[]): Promise<void> {
  if (readings.length === 0) return;
  // One that goes in the very moment was seen by the statement and is missed by its check; the next does not see it.
  await replaceUsage(db, readings).catch((error) => {
    if (!isForeignKeyViolation(error)) throw error;
    return replaceUsage(db, readings);
  });
}

/** As PostgreSQL (23503) and Prisma say it of a statement of ours. */
function isForeignKeyViolation(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2003' || JSON.stringify(error.meta ?? {}).includes('23503');
}

async function replaceUsage(db: Db, readings: readonly RecordedReading[]): Promise<void> {
  const rows = readings.map(({ at, counters, since: _, refused: __, ...reading }) => ({
    ...reading,
    ...counters,
    oomKills: Math.min(counters.oomKills, INT_MAX),
    forksRefused: Math.min(counters.forksRefused, INT_MAX),
    readAt: at,
  }));
  await db.$executeRaw`
    insert into "Usage" ("siteId", "instanceId", "diskBytes", inodes, "memoryBytes", pids, "cpuMicros", "throttledMicros",
      "oomKills", "forksRefused", "rxBytes", "txBytes", "cpuMillis", "rxBytesPerSecond", "txBytesPerSecond",
      "requestsPerMinute", "p95Millis", "openRequests", "diskBytesPerHour", "readAt")
    select r.*
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r("siteId" uuid, "instanceId" text, "diskBytes" bigint, inodes int, "memoryBytes" bigint, pids int,
        "cpuMicros" bigint, "throttledMicros" bigint, "oomKills" int, "forksRefused" int, "rxBytes" bigint,
        "txBytes" bigint, "cpuMillis" int, "rxBytesPerSecond" bigint, "txBytesPerSecond" bigint,
        "requestsPerMinute" int, "p95Millis" int, "openRequests" int, "diskBytesPerHour" bigint, "readAt" timestamptz)
    join "Site" s on s.id = r."siteId"
    on conflict ("siteId") do update set "instanceId" = excluded."instanceId", "diskBytes" = excluded."diskBytes",
      inodes = excluded.inodes, "memoryBytes" = excluded."memoryBytes", pids = excluded.pids,
      "cpuMicros" = excluded."cpuMicros", "throttledMicros" = excluded."throttledMicros",
      "oomKills" = excluded."oomKills", "forksRefused" = excluded."forksRefused", "rxBytes" = excluded."rxBytes",
      "txBytes" = excluded."txBytes", "cpuMillis" = excluded."cpuMillis",
      "rxBytesPerSecond" = excluded."rxBytesPerSecond", "txBytesPerSecond" = excluded."txBytesPerSecond",
      "requestsPerMinute" = excluded."requestsPerMinute", "p95Millis" = excluded."p95Millis",
      "openRequests" = excluded."openRequests", "diskBytesPerHour" = excluded."diskBytesPerHour",
      "readAt" = excluded."readAt"`;
}

/** What admission counts against. */
export async function recordHost(db: Db, node: string, host: HostReading): Promise<void> {
  const { at: readAt, spanMs: _, ...rest } = host;
  const row = { ...rest, readAt };
  await db.host.upsert({ where: { node }, create: { node, ...row }, update: row });
}

/** That somebody visited these sites. */
export async function markActive(db: Db, siteIds: readonly string[], at: Date): Promise<void> {
  if (siteIds.length === 0) return;
  await db.$executeRaw`
    update "Site" set "activeAt" = ${at} where id = any(${siteIds}::uuid[]) and "activeAt" < ${at}`;
}
