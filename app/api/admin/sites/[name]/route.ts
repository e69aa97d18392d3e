// GET answers one site as an admin sees it, without its owner's secrets. DELETE removes it with all it had.

import { findAdminSite } from '#lib/admin/site.ts';
import { handleAdmin, requireNamedSite } from '#lib/api/admin.ts';
import { json } from '#lib/api/handle.ts';
import { siteNotFound } from '#lib/errors/app-error.ts';
import { requestDelete } from '#lib/sites/delete.ts';

export const GET = handleAdmin<{ name: string }>(async ({ db, settings, params }) => {
  const site = await findAdminSite(db, settings, params.name);
  if (!site) throw siteNotFound();
  return json(site);
});

export const DELETE = handleAdmin<{ name: string }>(async (call) => {
  const site = await requireNamedSite(call.db, call.params.name);
  await requestDelete(call.db, site, call.who);
  return json({ name: site.name, state: 'deleting' }, 202);
});
