// POST tries again to bring a site's variables in force, for when what kept the app from starting was mended elsewhere.

import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { applyAgain } from '#lib/environment/change.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  await applyAgain(call.db, site.id);
  return json({ revision: site.environmentRevision, restart: 'under way' }, 202);
});
