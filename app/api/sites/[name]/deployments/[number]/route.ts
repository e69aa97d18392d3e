// GET tells one deployment with its log.

import { handle, json } from '#lib/api/handle.ts';
import { noSuchDeployment } from '#lib/api/no-such-deployment.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { findDeployment, parseNumber } from '#lib/deploy/list.ts';

export const GET = handle<{ name: string; number: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const deployment = await findDeployment(call.db, site.id, parseNumber(call.params.number));
  if (!deployment) throw noSuchDeployment(site.name);
  const { id: _, siteId: __, runner: ___, ...told } = deployment;
  return json(told);
});
