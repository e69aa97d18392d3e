// One site over time, as lines for charts: rates of counters, the most of what stands.

import type { Db } from '../db/client.ts';
import type { UsagePoint } from '../db/generated/client.ts';
import type { Line } from './host-history.ts';

export const RANGES = ['1h', '24h', '30d', '90d'] as const;
export type Range = (typeof RANGES)[number];

const HOUR_MS = 3_600_000;
/** How far back, and in which steps: some hundred points each, as far as a screen can show them. */
const SPANS: Record<Range, { ms: number; seconds: number }> = {
  '1h': { ms: HOUR_MS, seconds: 10 },
  '24h': { ms: 24 * HOUR_MS, seconds: 60 },
  '30d': { ms: 30 * 24 * HOUR_MS, seconds: 3_600 },
  '90d': { ms: 90 * 24 * HOUR_MS, seconds: 3_600 },
};
/** A second more than steps there are; the database has a row a step. */
const POINTS_MAX = 3_000;

export interface SiteHistory {
  disk: Line;
  memory: Line;
  /** Thousandths of a core. */
  cpu: Line;
  pids: Line;
  /** A minute. */
  requests: Line;
  /** Bytes a second, both ways together. */
  network: Line;
  marks: { at: number; text: string; isBad: boolean }[];
}

export async function readSiteHistory(db: Db, siteId: string, range: Range, now: Date): Promise<SiteHistory> {
  const { ms, seconds } = SPANS[range];
  const since = new Date(now.getTime() - ms);
  const [points, deployments] = await Promise.all([
    db.usagePoint.findMany({
      where: { siteId, seconds, at: { gte: since } },
      orderBy: { at: 'asc' },
      take: POINTS_MAX,
    }),
    db.deployment.findMany({
      where: { siteId, startedAt: { gte: since }, status: { not: 'running' } },
      orderBy: { startedAt: 'desc' },
      take: 100,
      select: { number: true, status: true, startedAt: true },
    }),
  ]);
  return {
    ...linesOf(points, seconds),
    marks: deployments.map(({ number, status, startedAt }) => ({
      at: startedAt.getTime() / 1_000,
      text: `Deployment ${number}${status === 'failed' ? ' failed' : ''}`,
      isBad: status === 'failed',
    })),
  };
}

/** Pure. Where points are missing, nobody read: a gap, which no line may cross. */
export function linesOf(points: UsagePoint[], seconds: number): Omit<SiteHistory, 'marks'> {
  const spaced: (UsagePoint | null)[] = [];
  const at: number[] = [];
  for (const point of points) {
    const start = point.at.getTime() / 1_000;
    const before = at.at(-1);
    if (before !== undefined && start - before > 3 * seconds) {
      at.push(before + seconds);
      spaced.push(null);
    }
    at.push(start);
    spaced.push(point);
  }
  const line = (of: (point: UsagePoint) => number): Line => ({ at, values: spaced.map((point) => point && of(point)) });
  return {
    disk: line(({ diskBytes }) => Number(diskBytes)),
    memory: line(({ memoryBytes }) => Number(memoryBytes)),
    cpu: line(({ cpuMicros }) => Number(cpuMicros) / (seconds * 1_000)),
    pids: line(({ pids }) => pids),
    requests: line(({ requests }) => (requests * 60) / seconds),
    network: line(({ rxBytes, txBytes }) => Number(rxBytes + txBytes) / seconds),
  };
}
