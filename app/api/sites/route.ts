// POST launches a site; GET lists those of the session or of an API token, and those that are shared with them.

import { isForm, readQuery } from '#lib/api/body.ts';
import { PAGE } from '#lib/api/contract/operation.ts';
import { handle, json } from '#lib/api/handle.ts';
import { launchByForm, launchByJson } from '#lib/api/launch.ts';
import { pageOf } from '#lib/api/page.ts';
import { refuseBadToken } from '#lib/api/person.ts';
import { requireSecret } from '#lib/env.ts';
import { sitesOf } from '#lib/sites/find.ts';
import { viewSite } from '#lib/sites/view.ts';

export const POST = handle((call) => (isForm(call.request) ? launchByForm(call) : launchByJson(call)), {
  hasOwnKeys: true,
});

export const GET = handle(async ({ db, settings, viewer, request }) => {
  refuseBadToken(viewer);
  const sites = await sitesOf(db, requireSecret(settings), viewer);
  const { page, cursor } = pageOf(sites, readQuery(request, PAGE));
  return json({ sites: page.map((site) => viewSite(settings, site, site.standing)), cursor });
});
