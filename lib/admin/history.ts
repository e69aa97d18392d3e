// The machine and its sites over time, as lines for charts.

import type { Db } from '../db/client.ts';
import {
  type HostHistoryPoint,
  hostHistory,
  type PointSeconds,
  pointSecondsFor,
  type SiteHistoryPoint,
  siteHistory,
} from '../usage/history.ts';
import { RANGE_SECONDS, type Range } from './ranges.ts';

export interface Line {
  /** Seconds since 1970, ascending. */
  at: number[];
  /** Null: nothing was read then. */
  values: (number | null)[];
}

const HOST_LINES = {
  disk: ({ poolBytes }) => poolBytes,
  memory: ({ memoryBytes }) => memoryBytes,
  cpu: ({ cpuMillis }) => cpuMillis,
  pids: ({ pids }) => pids,
} satisfies Record<string, (point: HostHistoryPoint) => number>;

const SITE_LINES = {
  disk: ({ diskBytes }) => diskBytes,
  inodes: ({ inodes }) => inodes,
  memory: ({ memoryBytes }) => memoryBytes,
  /** Thousandths of a core. */
  cpu: ({ cpuMillis }) => cpuMillis,
  pids: ({ pids }) => pids,
  /** A minute. */
  requests: ({ requests }, seconds) => (requests * 60) / seconds,
  p95: ({ p95Millis }) => p95Millis,
  /** Bytes a second, both ways together. */
  network: ({ rxBytesPerSecond, txBytesPerSecond }) => rxBytesPerSecond + txBytesPerSecond,
} satisfies Record<string, (point: SiteHistoryPoint, seconds: number) => number | null>;

export type HostLines = Record<keyof typeof HOST_LINES, Line>;
export type SiteLines = Record<keyof typeof SITE_LINES, Line>;

export interface SiteHistory {
  lines: SiteLines;
  deployments: { at: number; number: number; isFailed: boolean }[];
}

/** The last hour, in minutes. */
export async function readHostHistory(db: Db, now: Date): Promise<HostLines> {
  const seconds = 60;
  const points = await hostHistory(db, { seconds, from: new Date(now.getTime() - 3_600_000), to: now });
  return linesOf(points, seconds, HOST_LINES);
}

export async function readSiteHistory(db: Db, siteId: string, range: Range, now: Date): Promise<SiteHistory> {
  const from = new Date(now.getTime() - RANGE_SECONDS[range] * 1_000);
  const seconds = pointSecondsFor(RANGE_SECONDS[range]);
  const [points, deployments] = await Promise.all([
    siteHistory(db, siteId, { seconds, from, to: now }),
    db.deployment.findMany({
      where: { siteId, startedAt: { gte: from }, status: { not: 'running' } },
      orderBy: { startedAt: 'desc' },
      take: 100,
      select: { number: true, status: true, startedAt: true },
    }),
  ]);
  return {
    lines: linesOf(points, seconds, SITE_LINES),
    deployments: deployments.map(({ number, status, startedAt }) => ({
      at: startedAt.getTime() / 1_000,
      number,
      isFailed: status === 'failed',
    })),
  };
}

type Values<Point, Name extends string> = Record<Name, (point: Point, seconds: PointSeconds) => number | null>;

/** Pure. Where points are missing nobody read: a gap, which no line crosses. */
export function linesOf<Point extends { at: Date }, Name extends string>(
  points: Point[],
  seconds: PointSeconds,
  values: Values<Point, Name>,
): Record<Name, Line> {
  const spaced = withGaps(points, seconds);
  const at = spaced.map((slot) => slot.at);
  const lines = (Object.keys(values) as Name[]).map((name): [Name, Line] => [
    name,
    { at, values: spaced.map(({ point }) => (point ? values[name](point, seconds) : null)) },
  ]);
  return Object.fromEntries(lines) as Record<Name, Line>;
}

function withGaps<Point extends { at: Date }>(points: Point[], seconds: number): { at: number; point: Point | null }[] {
  return points.flatMap((point, index) => {
    const at = point.at.getTime() / 1_000;
    const before = points[index - 1];
    const isAfterGap = before !== undefined && at - before.at.getTime() / 1_000 > 3 * seconds;
    return isAfterGap
      ? [
          { at: at - seconds, point: null },
          { at, point },
        ]
      : [{ at, point }];
  });
}
