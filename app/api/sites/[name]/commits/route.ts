// GET lists the newest commits of main.

import { handle, json } from '#lib/api/handle.ts';
import { readCommits } from '#lib/api/history.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  return json(await readCommits(call.settings.paths.historySocket, site.id));
});
