// One site over time, with the deployments of that time: the same for its owner and for an admin.

import type { Db } from '../db/client.ts';
import { pointSecondsFor, type SiteHistoryPoint, siteHistory } from './history.ts';
import { type Line, linesOf } from './lines.ts';
import { RANGE_SECONDS, type Range } from './ranges.ts';

const SITE_LINES = {
  disk: ({ diskBytes }) => diskBytes,
  inodes: ({ inodes }) => inodes,
  memory: ({ memoryBytes }) => memoryBytes,
  /** Thousandths of a core. */
  cpu: ({ cpuMillis }) => cpuMillis,
  pids: ({ pids }) => pids,
  /** A minute. */
  requests: ({ requests }, seconds) => (requests * 60) / seconds,
  /** Answers of 500 and above, a minute. */
  errors: ({ errors }, seconds) => (errors * 60) / seconds,
  p50: ({ p50Millis }) => p50Millis,
  p95: ({ p95Millis }) => p95Millis,
  /** Bytes a second, both ways together. */
  network: ({ rxBytesPerSecond, txBytesPerSecond }) => rxBytesPerSecond + txBytesPerSecond,
} satisfies Record<string, (point: SiteHistoryPoint, seconds: number) => number | null>;

export type SiteLines = Record<keyof typeof SITE_LINES, Line>;

export interface DeploymentMark {
  /** When it ended: from then on its release served, or did not. Seconds since 1970. */
  at: number;
  number: number;
  isFailed: boolean;
  commit: string | null;
  subject: string | null;
}

export interface SiteHistory {
  range: Range;
  lines: SiteLines;
  /** The newest first. */
  deployments: DeploymentMark[];
}

const DEPLOYMENTS_MAX = 100;

export async function readSiteHistory(db: Db, siteId: string, range: Range, now: Date): Promise<SiteHistory> {
  const from = new Date(now.getTime() - RANGE_SECONDS[range] * 1_000);
  const seconds = pointSecondsFor(RANGE_SECONDS[range]);
  const [points, deployments] = await Promise.all([
    siteHistory(db, siteId, { seconds, from, to: now }),
    db.deployment.findMany({
      where: { siteId, finishedAt: { gte: from }, status: { not: 'running' } },
      orderBy: { number: 'desc' },
      take: DEPLOYMENTS_MAX,
      select: { number: true, status: true, startedAt: true, finishedAt: true, commit: true, subject: true },
    }),
  ]);
  return {
    range,
    lines: linesOf(points, seconds, SITE_LINES),
    deployments: deployments.map(({ number, status, startedAt, finishedAt, commit, subject }) => ({
      at: (finishedAt ?? startedAt).getTime() / 1_000,
      number,
      isFailed: status === 'failed',
      commit,
      subject,
    })),
  };
}
