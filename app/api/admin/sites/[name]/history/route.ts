// GET answers a site's use over time: `?range=1h`, `24h`, `7d`, `30d` or `90d`.

import { handleAdmin, requireNamedSite } from '#lib/api/admin.ts';
import { json } from '#lib/api/handle.ts';
import { readRange } from '#lib/api/range.ts';
import { readSiteHistory } from '#lib/usage/site-history.ts';

export const GET = handleAdmin<{ name: string }>(async ({ db, params, request }) => {
  const range = readRange(request);
  const { id } = await requireNamedSite(db, params.name);
  return json(await readSiteHistory(db, id, range, new Date()));
});
