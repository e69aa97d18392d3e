// POST launches a site; GET lists those of the session.

import { isForm } from '#lib/api/body.ts';
import { handle, json } from '#lib/api/handle.ts';
import { launchByForm, launchByJson } from '#lib/api/launch.ts';
import { sitesOf } from '#lib/sites/find.ts';
import { viewSite } from '#lib/sites/view.ts';

export const POST = handle((call) => (isForm(call.request) ? launchByForm(call) : launchByJson(call)));

export const GET = handle(async ({ db, settings, viewer }) => {
  const sites = viewer.userId ? await sitesOf(db, viewer.userId) : [];
  return json({ sites: sites.map((site) => viewSite(settings, site)) });
});
