// What charts and tables read of usage over time. Bounded: no question brings more rows than a chart has pixels.

import type { Db } from '../db/client.ts';
import { quantile } from './latency.ts';
import { HOUR, MINUTE } from './roll-up.ts';
import { SLOT_SECONDS } from './slots.ts';

export type PointSeconds = typeof SLOT_SECONDS | typeof MINUTE | typeof HOUR;
export const POINT_SECONDS: readonly PointSeconds[] = [SLOT_SECONDS, MINUTE, HOUR];

export interface HistorySpan {
  /** How long each point is: 10 is kept for two hours, 60 for two days, 3600 for ninety days. */
  seconds: PointSeconds;
  from: Date;
  to: Date;
}

export interface SiteHistoryPoint {
  at: Date;
  diskBytes: number;
  inodes: number | null;
  memoryBytes: number;
  pids: number;
  /** Thousandths of a core, over the point's time. */
  cpuMillis: number;
  throttledMillis: number;
  rxBytesPerSecond: number;
  txBytesPerSecond: number;
  requests: number;
  errors: number;
  p50Millis: number | null;
  p95Millis: number | null;
}

export interface HostHistoryPoint {
  at: Date;
  memoryBytes: number;
  poolBytes: number;
  pids: number;
  cpuMillis: number;
  keeperMillis: number;
  requests: number;
  running: number;
}

const POINTS_MAX = 3_000;

/** Oldest first; where nothing was read there is no point. The newest are kept when the span is too long. */
export async function siteHistory(
  db: Pick<Db, 'usagePoint'>,
  siteId: string,
  { seconds, from, to }: HistorySpan,
): Promise<SiteHistoryPoint[]> {
  const rows = await db.usagePoint.findMany({
    where: { siteId, seconds, at: { gte: from, lt: to } },
    orderBy: { at: 'desc' },
    take: POINTS_MAX,
  });
  const perSecond = (bytes: bigint) => Math.round(Number(bytes) / seconds);
  return rows.reverse().map((row) => ({
    at: row.at,
    diskBytes: Number(row.diskBytes),
    inodes: row.inodes,
    memoryBytes: Number(row.memoryBytes),
    pids: row.pids,
    cpuMillis: Math.round(Number(row.cpuMicros) / seconds / 1000),
    throttledMillis: Math.round(Number(row.throttledMicros) / seconds / 1000),
    rxBytesPerSecond: perSecond(row.rxBytes),
    txBytesPerSecond: perSecond(row.txBytes),
    requests: row.requests,
    errors: row.errors,
    p50Millis: quantile(row.latency, 0.5),
    p95Millis: quantile(row.latency, 0.95),
  }));
}

/** As `siteHistory`. */
export async function hostHistory(
  db: Pick<Db, 'hostPoint'>,
  { seconds, from, to }: HistorySpan,
  node = 'local',
): Promise<HostHistoryPoint[]> {
  const rows = await db.hostPoint.findMany({
    where: { node, seconds, at: { gte: from, lt: to } },
    orderBy: { at: 'desc' },
    take: POINTS_MAX,
  });
  return rows.reverse().map(({ node: _, seconds: __, memoryBytes, poolBytes, ...row }) => ({
    ...row,
    memoryBytes: Number(memoryBytes),
    poolBytes: Number(poolBytes),
  }));
}

/** The finest points that are kept for so long a span and fit into one answer. */
export function pointSecondsFor(spanSeconds: number): PointSeconds {
  if (spanSeconds <= 2 * HOUR) return SLOT_SECONDS;
  return spanSeconds <= 48 * HOUR ? MINUTE : HOUR;
}
