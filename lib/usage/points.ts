// Usage over time in the database: ten-second points as they are gathered, minutes from these, hours from minutes. A
// minute is always made anew from all its points, so making it twice, or a keeper killed half-way, changes nothing.

import type { Db } from '../db/client.ts';
import { SLOT_SECONDS, type Slot } from './slots.ts';

/** What comes in parts, because a keeper was started anew within the ten seconds, is put together. */
export async function recordSlot(db: Db, node: string, slot: Slot): Promise<void> {
  const at = new Date(slot.atMs);
  const { memoryBytes, poolBytes, pids, cpuMillis, keeperMillis, requests, running } = slot.host;
  const rows = JSON.stringify([...slot.sites.values()]);
  await db.$transaction([
    db.$executeRaw`
      insert into "UsagePoint" as p ("siteId", seconds, at, "diskBytes", inodes, "memoryBytes", pids, "cpuMicros",
        "throttledMicros", "rxBytes", "txBytes", requests, errors, latency)
      select r."siteId", ${SLOT_SECONDS}, ${at}, r."diskBytes", r.inodes, r."memoryBytes", r.pids, r."cpuMicros",
        r."throttledMicros", r."rxBytes", r."txBytes", r.requests, r.errors, r.latency
      from jsonb_to_recordset(${rows}::jsonb) as r("siteId" uuid, "diskBytes" bigint, inodes int, "memoryBytes" bigint,
        pids int, "cpuMicros" bigint, "throttledMicros" bigint, "rxBytes" bigint, "txBytes" bigint, requests int,
        errors int, latency int[])
      join "Site" s on s.id = r."siteId"
      on conflict ("siteId", seconds, at) do update set "diskBytes" = greatest(p."diskBytes", excluded."diskBytes"),
        inodes = greatest(p.inodes, excluded.inodes), "memoryBytes" = greatest(p."memoryBytes", excluded."memoryBytes"),
        pids = greatest(p.pids, excluded.pids), "cpuMicros" = p."cpuMicros" + excluded."cpuMicros",
        "throttledMicros" = p."throttledMicros" + excluded."throttledMicros",
        "rxBytes" = p."rxBytes" + excluded."rxBytes", "txBytes" = p."txBytes" + excluded."txBytes",
        requests = p.requests + excluded.requests, errors = p.errors + excluded.errors,
        latency = (select coalesce(array_agg(coalesce(a, 0) + coalesce(b, 0) order by span), '{}')
          from unnest(p.latency, excluded.latency) with ordinality as both_of(a, b, span))`,
    db.$executeRaw`
      insert into "HostPoint" as p (node, seconds, at, "memoryBytes", "poolBytes", pids, "cpuMillis", "keeperMillis",
        requests, running)
      values (${node}, ${SLOT_SECONDS}, ${at}, ${memoryBytes}, ${poolBytes}, ${pids}, ${Math.round(cpuMillis)},
        ${Math.round(keeperMillis)}, ${requests}, ${running})
      on conflict (node, seconds, at) do update set "memoryBytes" = greatest(p."memoryBytes", excluded."memoryBytes"),
        "poolBytes" = greatest(p."poolBytes", excluded."poolBytes"), pids = greatest(p.pids, excluded.pids),
        "cpuMillis" = greatest(p."cpuMillis", excluded."cpuMillis"),
        "keeperMillis" = greatest(p."keeperMillis", excluded."keeperMillis"),
        requests = p.requests + excluded.requests, running = greatest(p.running, excluded.running)`,
  ]);
}

/** Makes the longer points that begin in the span from the shorter ones. `from` and `to` are starts of longer ones. */
export async function rollUp(
  db: Db,
  { shorter, longer, from, to }: { shorter: number; longer: number; from: Date; to: Date },
): Promise<void> {
  await db.$transaction([
    db.$executeRaw`
      with short as (
        select *, date_bin(make_interval(secs => ${longer}), at, timestamptz 'epoch') as span from "UsagePoint"
        where seconds = ${shorter} and at >= ${from} and at < ${to}
      ), durations as (
        select "siteId", span, array_agg(requests order by position) as latency from (
          select "siteId", span, position, least(sum(many), 2147483647)::int as requests
          from short, unnest(latency) with ordinality as each(many, position) group by 1, 2, 3
        ) summed group by 1, 2
      )
      insert into "UsagePoint" ("siteId", seconds, at, "diskBytes", inodes, "memoryBytes", pids, "cpuMicros",
        "throttledMicros", "rxBytes", "txBytes", requests, errors, latency)
      select "siteId", ${longer}, span, max("diskBytes"), max(inodes), max("memoryBytes"), max(pids), sum("cpuMicros"),
        sum("throttledMicros"), sum("rxBytes"), sum("txBytes"), least(sum(requests), 2147483647),
        least(sum(errors), 2147483647), coalesce(min(durations.latency), '{}')
      from short left join durations using ("siteId", span) group by "siteId", span
      on conflict ("siteId", seconds, at) do update set "diskBytes" = excluded."diskBytes", inodes = excluded.inodes,
        "memoryBytes" = excluded."memoryBytes", pids = excluded.pids, "cpuMicros" = excluded."cpuMicros",
        "throttledMicros" = excluded."throttledMicros", "rxBytes" = excluded."rxBytes", "txBytes" = excluded."txBytes",
        requests = excluded.requests, errors = excluded.errors, latency = excluded.latency`,
    db.$executeRaw`
      insert into "HostPoint" (node, seconds, at, "memoryBytes", "poolBytes", pids, "cpuMillis", "keeperMillis",
        requests, running)
      select node, ${longer}, date_bin(make_interval(secs => ${longer}), at, timestamptz 'epoch') as span,
        max("memoryBytes"), max("poolBytes"), max(pids), round(avg("cpuMillis"))::int, round(avg("keeperMillis"))::int,
        least(sum(requests), 2147483647), max(running)
      from "HostPoint" where seconds = ${shorter} and at >= ${from} and at < ${to} group by node, span
      on conflict (node, seconds, at) do update set "memoryBytes" = excluded."memoryBytes",
        "poolBytes" = excluded."poolBytes", pids = excluded.pids, "cpuMillis" = excluded."cpuMillis",
        "keeperMillis" = excluded."keeperMillis", requests = excluded.requests, running = excluded.running`,
  ]);
}

/** Removes points that are older, a bounded number at a time; answers how many. */
export async function expirePoints(db: Db, seconds: number, before: Date, max: number): Promise<number> {
  await db.hostPoint.deleteMany({ where: { seconds, at: { lt: before } } });
  return db.$executeRaw`
    delete from "UsagePoint" where ("siteId", seconds, at) in (
      select "siteId", seconds, at from "UsagePoint" where seconds = ${seconds} and at < ${before} limit ${max})`;
}
