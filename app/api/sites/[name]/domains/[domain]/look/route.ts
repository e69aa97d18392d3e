// POST has DNS asked about a domain now.

import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { askForLook } from '#lib/domains/change.ts';

export const POST = handle<{ name: string; domain: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  await askForLook(call, { site }, call.params.domain);
  return json({ name: call.params.domain, look: 'under way' }, 202);
});
