// GET tells the newest lines that a site's releases wrote: `?lines=`, 200 unless told, and with `?q=` those that have it.

import { readQuery } from '#lib/api/body.ts';
import { LOGS_QUERY } from '#lib/api/contract/deployments.ts';
import { handle, json } from '#lib/api/handle.ts';
import { readLogLines } from '#lib/api/logs.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const { lines: count, q: query } = readQuery(call.request, LOGS_QUERY);
  return json({ lines: await readLogLines(call.settings.paths.logsSocket, site.id, { count, query }) });
});
