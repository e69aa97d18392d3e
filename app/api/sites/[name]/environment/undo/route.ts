// POST brings back the variables before the last change, as another change.

import { adminOver } from '#lib/api/admin.ts';
import { answerChanged } from '#lib/api/environment.ts';
import { handle } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requireSecret } from '#lib/env.ts';
import { undoChange } from '#lib/environment/change.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const deps = { db: call.db, secret: requireSecret(call.settings) };
  return answerChanged(await undoChange(deps, { site, by: adminOver(call, site) }));
});
