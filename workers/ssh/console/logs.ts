// `logs`: what a site's releases wrote.

import { AppError } from '#lib/errors/app-error.ts';
import { PAST_MAX } from '#lib/logs/message.ts';
import type { Answer, Call, Command } from './command.ts';
import { requireOpen, takeOnlySite } from './site-argument.ts';
import { usageError } from './usage.ts';

const LINES_DEFAULT = 200;
const LOOK_MS = 3_000;

export const LOGS: Command = {
  name: 'logs',
  takes: 'NAME [-f] [-n N]',
  summary: 'what the app wrote last; with -f, what it goes on to write',
  more: [`-n N   so many lines, ${LINES_DEFAULT} unless told, ${PAST_MAX} at the most`],
  options: [
    { name: 'follow', short: 'f' },
    { name: 'lines', short: 'n', value: 'a number of lines' },
  ],
  run: showLogs,
};

async function showLogs(call: Call): Promise<Answer | null> {
  const { deps, isJson, streams } = call;
  const follow = call.arguments.options.has('follow');
  const count = parseCount(call.arguments.options.get('lines'));
  if (follow && isJson) {
    throw usageError('A log that is followed has no end, so it is no JSON document.', 'Leave out -f, or --json.');
  }
  const site = await requireOpen(call, takeOnlySite(call), 'develop');
  if (isJson) return { text: '', json: { name: site.name, lines: await deps.readLogLines(site.id, count) } };
  const { say, isBehind, over } = streams;
  const watch = watchAccess(call, site.name);
  try {
    await deps.showLogs(site, { count, follow, say, isBehind, over: AbortSignal.any([over, watch.lost]) });
  } finally {
    watch.stop();
  }
  if (watch.lost.aborted) throw watch.lost.reason;
  return null;
}

/** Who may no longer read does not go on reading. `lost` aborts with what a new look would be refused with. */
function watchAccess(call: Call, name: string): { lost: AbortSignal; stop(): void } {
  const lost = new AbortController();
  const timer = setInterval(() => {
    requireOpen(call, name, 'develop').catch((reason: unknown) => {
      // While the database is away, what is open goes on.
      if (reason instanceof AppError) lost.abort(reason);
    });
  }, LOOK_MS);
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}

function parseCount(text: string | undefined): number {
  const count = text === undefined ? LINES_DEFAULT : /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= PAST_MAX) return count;
  throw usageError(`-n is not a number from 1 to ${PAST_MAX}.`, 'Write one such as -n 50.');
}
