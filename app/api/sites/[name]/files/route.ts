// GET shows a folder or a file of main: `?path=`, empty for the top.

import { handle, json } from '#lib/api/handle.ts';
import { readPath } from '#lib/api/history.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';

const PATH_LENGTH_MAX = 1_024;

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const path = new URL(call.request.url).searchParams.get('path') ?? '';
  return json(await readPath(call.settings.paths.historySocket, site.id, path.slice(0, PATH_LENGTH_MAX)));
});
