// `ssh NAME@gateway logs`: the log of a site in a terminal, each line with its time and release.

import type { Engine } from '#lib/engine/engine.ts';
import type { LogLine } from '#lib/logs/line.ts';
import { followLogs, type LogState, readLogs } from '#lib/logs/read.ts';
import type { LogsRequest } from './console/command.ts';
import type { Readers } from './logs-server.ts';

export interface ShowLogsDeps {
  engine: Pick<Engine, 'exec' | 'inspect'>;
  readers: Readers;
}

const STATES: Record<LogState, string> = {
  running: '',
  asleep: '-- the site sleeps; its log goes on when it wakes\n',
  stopped: '-- the site does not run; its log begins anew when it starts\n',
};

export async function showLogs(
  { engine, readers }: ShowLogsDeps,
  siteId: string,
  { count, follow, say, isBehind, over }: LogsRequest,
): Promise<void> {
  const leave = readers.enter(siteId);
  let missed = 0;
  const tell = (lines: LogLine[]) => {
    if (isBehind()) {
      missed += lines.length;
      return;
    }
    say(leftOut(missed) + lines.map(renderLine).join(''));
    missed = 0;
  };
  try {
    if (!follow) return tell(await readLogs(engine, siteId, count));
    const report = {
      lines: tell,
      state: (state: LogState) => say(STATES[state]),
      leftOut: (count: number) => {
        missed += count;
      },
    };
    await followLogs(engine, siteId, count, report, over);
  } finally {
    leave();
  }
}

/** The newest lines of the site's log. Throws as `readLogs`. */
export async function readLogLines(
  { engine, readers }: ShowLogsDeps,
  siteId: string,
  count: number,
): Promise<LogLine[]> {
  const leave = readers.enter(siteId);
  try {
    return await readLogs(engine, siteId, count);
  } finally {
    leave();
  }
}

function leftOut(count: number): string {
  return count === 0 ? '' : `-- ${count} ${count === 1 ? 'line' : 'lines'} left out\n`;
}

/** "2026-08-01 12:00:00 web.12 | GET / 200" */
export function renderLine({ at, release, text }: LogLine): string {
  return `${at.slice(0, 19).replace('T', ' ')} web.${release} | ${text}\n`;
}
