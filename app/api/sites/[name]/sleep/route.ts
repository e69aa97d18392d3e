// POST puts a site to sleep until somebody comes: frozen, or with `rest` "stopped" without its processes.

import { adminOver } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { SLEEP } from '#lib/api/contract/sites.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requestSleep } from '#lib/sites/request-rest.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const { rest } = await readJson(call.request, SLEEP);
  await requestSleep(call.db, site, rest, adminOver(call, site));
  return json({ name: site.name, sleep: 'under way' }, 202);
});
