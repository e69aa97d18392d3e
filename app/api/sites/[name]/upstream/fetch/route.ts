// POST fetches and deploys what the site follows, as it is now.

import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requestFetch } from '#lib/upstream/change.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  await requestFetch(call.db, site.id);
  return json({ name: site.name, fetching: true }, 202);
});
