// POST ends everything that runs in the site and starts its live release again, on the same disk.

import { adminOver } from '#lib/api/admin.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requestRestart } from '#lib/sites/restart.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  await requestRestart(call.db, site, adminOver(call, site));
  return json({ name: site.name, restart: 'under way' }, 202);
});
