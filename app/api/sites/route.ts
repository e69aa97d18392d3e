// POST launches a site; GET lists those of the session or of an API token, and those that are shared with them.

import { isForm } from '#lib/api/body.ts';
import { handle, json } from '#lib/api/handle.ts';
import { launchByForm, launchByJson } from '#lib/api/launch.ts';
import { refuseBadToken } from '#lib/api/person.ts';
import { requireSecret } from '#lib/env.ts';
import { sitesOf } from '#lib/sites/find.ts';
import { viewSite } from '#lib/sites/view.ts';

export const POST = handle((call) => (isForm(call.request) ? launchByForm(call) : launchByJson(call)), {
  hasOwnKeys: true,
});

export const GET = handle(async ({ db, settings, viewer }) => {
  refuseBadToken(viewer);
  const sites = await sitesOf(db, requireSecret(settings), viewer);
  return json({ sites: sites.map((site) => viewSite(settings, site, site.standing)) });
});
