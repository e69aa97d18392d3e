// The machine over the last hour, as lines for charts.

import type { Db } from '../db/client.ts';

const SPAN_SECONDS = 60;
const HOUR_MS = 3_600_000;

export interface Line {
  /** Seconds since 1970, ascending. */
  at: number[];
  /** Null: nothing was read then. */
  values: (number | null)[];
}

export interface HostHistory {
  disk: Line;
  memory: Line;
  cpu: Line;
  pids: Line;
}

export async function readHostHistory(db: Db, now: Date): Promise<HostHistory> {
  const since = new Date(now.getTime() - HOUR_MS);
  const points = await db.hostPoint.findMany({
    where: { seconds: SPAN_SECONDS, at: { gte: since } },
    orderBy: { at: 'asc' },
    take: 2 * (HOUR_MS / 1_000 / SPAN_SECONDS),
  });
  const at = points.map((point) => point.at.getTime() / 1_000);
  const line = (of: (point: (typeof points)[number]) => number | bigint): Line => ({
    at,
    values: points.map((point) => Number(of(point))),
  });
  return {
    disk: line(({ poolBytes }) => poolBytes),
    memory: line(({ memoryBytes }) => memoryBytes),
    cpu: line(({ cpuMillis }) => cpuMillis),
    pids: line(({ pids }) => pids),
  };
}
