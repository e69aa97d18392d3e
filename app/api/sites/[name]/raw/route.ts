// GET hands out the bytes of a file: `?path=`, of main or of `?commit=`.

import { handle } from '#lib/api/handle.ts';
import { parsePlace } from '#lib/api/place.ts';
import { sendRawFile } from '#lib/api/raw-file.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const place = parsePlace(new URL(call.request.url).searchParams);
  return sendRawFile(call.settings.paths.historySocket, site.id, place);
});
