// POST makes a new password, `{ password: true }`, a new token, `{ token: true }`, or both, and shows them to who may see
// them. The old ones let nobody in from then on.

import { adminOver } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { CREDENTIALS } from '#lib/api/contract/sites.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requireSecret } from '#lib/env.ts';
import { SITE_WITH_ALL } from '#lib/sites/find.ts';
import { renewSecrets } from '#lib/sites/renew-secrets.ts';
import { viewSite } from '#lib/sites/view.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const { db, settings } = call;
  const { id, name, ownerId, standing } = await requireSiteOf(call, call.params.name, 'own');
  const renewal = await readJson(call.request, CREDENTIALS);
  await renewSecrets(db, requireSecret(settings), { id, name }, renewal, adminOver(call, { ownerId }));
  const site = await db.site.findUniqueOrThrow({ where: { id }, include: SITE_WITH_ALL });
  const { ssh, token, git } = viewSite(settings, site, standing);
  return json({ name, password: ssh.password, token, git });
});
