// POST wakes a site that sleeps, as its next visitor would.

import { adminOver } from '#lib/api/admin.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requestWake } from '#lib/sites/request-rest.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  await requestWake(call.db, site, adminOver(call, site));
  return json({ name: site.name, wake: 'under way' }, 202);
});
