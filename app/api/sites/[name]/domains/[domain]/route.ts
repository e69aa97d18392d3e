// DELETE removes a domain from a site: its visitors find nothing any more, and its certificate goes.

import { adminOver } from '#lib/api/admin.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { removeDomain } from '#lib/domains/change.ts';

export const DELETE = handle<{ name: string; domain: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  await removeDomain(call, { site, by: adminOver(call, site) }, call.params.domain);
  return json({ name: call.params.domain, status: 'removed' });
});
