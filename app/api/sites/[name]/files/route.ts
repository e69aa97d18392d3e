// GET shows a folder or a file: `?path=`, empty for the top, of main or of `?commit=`.

import { handle, json } from '#lib/api/handle.ts';
import { readPath } from '#lib/api/history.ts';
import { parsePlace } from '#lib/api/place.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const place = parsePlace(new URL(call.request.url).searchParams);
  return json(await readPath(call.settings.paths.historySocket, site.id, place));
});
