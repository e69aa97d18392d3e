// GET tells the newest lines that a site's releases wrote: `?lines=`, 200 unless told, and with `?q=` those that have it.

import { handle, json } from '#lib/api/handle.ts';
import { readLogLines } from '#lib/api/logs.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { PAST_MAX } from '#lib/logs/message.ts';

const LINES_DEFAULT = 200;
const QUERY_CHARACTERS_MAX = 200;

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const asked = new URL(call.request.url).searchParams;
  const count = Number(asked.get('lines') ?? LINES_DEFAULT);
  if (!Number.isInteger(count) || count < 1 || count > PAST_MAX) {
    throw new AppError('bad-request', {
      message: `"lines" is not a number from 1 to ${PAST_MAX.toLocaleString('en-US')}.`,
      hint: 'Correct the request and send it again.',
    });
  }
  const query = (asked.get('q') ?? '').slice(0, QUERY_CHARACTERS_MAX);
  return json({ lines: await readLogLines(call.settings.paths.logsSocket, site.id, { count, query }) });
});
