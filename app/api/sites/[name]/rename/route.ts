// POST gives a site another `name`; the old one leads to it for thirty days.

import { adminOver } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { RENAME } from '#lib/api/contract/sites.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { siteUrl } from '#lib/sites/address.ts';
import { renameSite } from '#lib/sites/rename.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const body = await readJson(call.request, RENAME);
  const name = await renameSite(call.db, site, body.name, adminOver(call, site));
  return json({ name, address: siteUrl(call.settings, name) });
});
