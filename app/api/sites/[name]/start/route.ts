// POST starts a site again that was stopped because it kept ending. One that somebody stopped, an admin starts.

import { adminOver } from '#lib/api/admin.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { releaseSite, startSite } from '#lib/sites/hold.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const admin = adminOver(call, site);
  if (admin) await releaseSite(call.db, admin, site);
  else await startSite(call.db, site);
  return json({ name: site.name, start: 'under way' }, 202);
});
