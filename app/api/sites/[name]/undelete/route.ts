// POST brings a site back that its owner deleted and that has not gone for good yet.

import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { bringBack, findDeleted } from '#lib/sites/undelete.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await findDeleted(call, call.params.name);
  if (!site) {
    await requireSiteOf(call, call.params.name, 'own');
    throw new AppError('site-not-ready', {
      message: 'The site is not deleted, so there is nothing to bring back.',
      hint: 'Its page shows how it is.',
    });
  }
  await bringBack(call.db, site);
  return json({ name: site.name, undelete: 'under way' }, 202);
});
