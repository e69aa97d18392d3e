// The machine over time, as lines for charts.

import type { Db } from '../db/client.ts';
import { type HostHistoryPoint, hostHistory } from '../usage/history.ts';
import { type Line, linesOf } from '../usage/lines.ts';

const HOST_LINES = {
  disk: ({ poolBytes }) => poolBytes,
  memory: ({ memoryBytes }) => memoryBytes,
  cpu: ({ cpuMillis }) => cpuMillis,
  pids: ({ pids }) => pids,
} satisfies Record<string, (point: HostHistoryPoint) => number>;

export type HostLines = Record<keyof typeof HOST_LINES, Line>;

/** The last hour, in minutes. */
export async function readHostHistory(db: Db, now: Date): Promise<HostLines> {
  const seconds = 60;
  const points = await hostHistory(db, { seconds, from: new Date(now.getTime() - 3_600_000), to: now });
  return linesOf(points, seconds, HOST_LINES);
}
