// POST brings a site back that its owner deleted and that has not gone for good yet.

import { handle, json } from '#lib/api/handle.ts';
import { siteNotFound } from '#lib/errors/app-error.ts';
import { bringBack, findDeleted } from '#lib/sites/undelete.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await findDeleted(call, call.params.name);
  if (!site) throw siteNotFound();
  await bringBack(call.db, site);
  return json({ name: site.name, undelete: 'under way' }, 202);
});
