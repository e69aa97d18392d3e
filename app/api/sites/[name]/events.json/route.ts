// GET lists what was said about a site, the newest first, a page at a time.

import { readQuery } from '#lib/api/body.ts';
import { PAGE } from '#lib/api/contract/operation.ts';
import { listEvents } from '#lib/api/events.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  return json(await listEvents(call.db, site.id, readQuery(call.request, PAGE)));
});
