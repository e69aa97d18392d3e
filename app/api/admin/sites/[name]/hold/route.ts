// POST stops a site until an admin releases it: `{ reason }`, which its owner reads.

import { z } from 'zod';
import { handleAdmin, requireNamedSite } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { REASON } from '#lib/api/bulk.ts';
import { json } from '#lib/api/handle.ts';
import { holdSite } from '#lib/sites/hold.ts';

const BODY = z.strictObject({ reason: REASON });

export const POST = handleAdmin<{ name: string }>(async (call) => {
  const { reason } = await readJson(call.request, BODY);
  const site = await requireNamedSite(call.db, call.params.name);
  await holdSite(call.db, call.who, site, reason);
  return json({ name: site.name, heldBy: 'admin', heldFor: reason }, 202);
});
