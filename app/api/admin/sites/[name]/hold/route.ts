// POST stops a site until an admin releases it: `{ reason }`, which its owner reads.

import { handleAdmin, requireNamedSite } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { HOLD } from '#lib/api/contract/admin.ts';
import { json } from '#lib/api/handle.ts';
import { holdSite } from '#lib/sites/hold.ts';

export const POST = handleAdmin<{ name: string }>(async (call) => {
  const { reason } = await readJson(call.request, HOLD);
  const site = await requireNamedSite(call.db, call.params.name);
  await holdSite(call.db, call.who, site, reason);
  return json({ name: site.name, heldBy: 'admin', heldFor: reason }, 202);
});
