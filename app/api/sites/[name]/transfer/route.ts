// POST gives the site to the member with this `email`. Only its owner may, not who owns it with him.

import { adminOver } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { TRANSFER } from '#lib/api/contract/sites.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { transferSite } from '#lib/sites/transfer.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { email } = await readJson(call.request, TRANSFER);
  const by = adminOver(call, site);
  if (!by && call.viewer.userId !== site.ownerId) {
    throw new AppError('not-allowed', {
      message: 'Only who the site belongs to may give it away.',
      hint: 'Sign in as its owner; the token and its other owners cannot do this.',
    });
  }
  await transferSite(call.db, site, email, by);
  return json({ name: site.name, transfer: 'done' });
});
