// GET lists the newest commits of main. POST makes one: `{ parent, message, changes: [{ path, content, from? }] }`, where
// content null removes the file, and deploys it.

import { commitFor } from '#lib/api/commit-changes.ts';
import { handle, json } from '#lib/api/handle.ts';
import { readCommits } from '#lib/api/history.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  return json(await readCommits(call.settings.paths.historySocket, site.id));
});

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  return commitFor(call, site);
});
