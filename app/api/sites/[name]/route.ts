// GET tells about a site what its viewer may know; DELETE removes it with all it had.

import { adminOver } from '#lib/api/admin.ts';
import { handle, json } from '#lib/api/handle.ts';
import { siteAnswer } from '#lib/api/site-answer.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requestDelete } from '#lib/sites/delete.ts';
import { viewSite } from '#lib/sites/view.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  return json(siteAnswer(viewSite(call.settings, site, site.standing)));
});

export const DELETE = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  await requestDelete(call.db, site, adminOver(call, site));
  return json({ name: site.name, state: 'deleting' }, 202);
});
