// POST ends a hold, whoever it is of.

import { handleAdmin, requireNamedSite } from '#lib/api/admin.ts';
import { json } from '#lib/api/handle.ts';
import { releaseSite } from '#lib/sites/hold.ts';

export const POST = handleAdmin<{ name: string }>(async (call) => {
  const site = await requireNamedSite(call.db, call.params.name);
  await releaseSite(call.db, call.who, site);
  return json({ name: site.name, heldBy: null }, 202);
});
