// GET answers a site's requests, latency, errors and use over time, and its deployments: `?range=1h`, `24h`, `7d`, `30d`
// or `90d`.

import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { RANGES, type Range } from '#lib/usage/ranges.ts';
import { readSiteHistory } from '#lib/usage/site-history.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const range = parseRange(new URL(call.request.url).searchParams.get('range'));
  return json(await readSiteHistory(call.db, site.id, range, new Date()));
});

function parseRange(asked: string | null): Range {
  const range = RANGES.find((each) => each === (asked ?? '1h'));
  if (range) return range;
  throw new AppError('bad-request', {
    message: 'There is no such range.',
    hint: `Ask for one of ${RANGES.join(', ')}.`,
  });
}
