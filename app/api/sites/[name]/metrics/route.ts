// GET answers a site's requests, latency, errors and use over time, and its deployments: `?range=1h`, `24h`, `7d`, `30d`
// or `90d`.

import { handle, json } from '#lib/api/handle.ts';
import { readRange } from '#lib/api/range.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { readSiteHistory } from '#lib/usage/site-history.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const range = readRange(call.request);
  return json(await readSiteHistory(call.db, site.id, range, new Date()));
});
