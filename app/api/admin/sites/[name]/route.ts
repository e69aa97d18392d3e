// DELETE removes a site with all it had.

import { handleAdmin, requireNamedSite } from '#lib/api/admin.ts';
import { json } from '#lib/api/handle.ts';
import { requestDelete } from '#lib/sites/delete.ts';

export const DELETE = handleAdmin<{ name: string }>(async (call) => {
  const site = await requireNamedSite(call.db, call.params.name);
  await requestDelete(call.db, site, call.who);
  return json({ name: site.name, state: 'deleting' }, 202);
});
