// POST builds the commit of deployment `number` anew, or without it that of the live one, and makes it live.

import { adminOver } from '#lib/api/admin.ts';
import { askerWords } from '#lib/api/asker.ts';
import { readJson } from '#lib/api/body.ts';
import { DEPLOYMENT_NUMBER } from '#lib/api/contract/deployments.ts';
import { handle, json } from '#lib/api/handle.ts';
import { noSuchDeployment } from '#lib/api/no-such-deployment.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { findDeployment } from '#lib/deploy/list.ts';
import { requestRedeploy } from '#lib/deploy/request.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const { number = null } = await readJson(call.request, DEPLOYMENT_NUMBER);
  const deployment = await findDeployment(call.db, site.id, number);
  if (number !== null && !deployment) throw noSuchDeployment(site.name);
  const asker = { by: await askerWords(call, site), admin: adminOver(call, site) };
  await requestRedeploy(call.db, site, { deploymentId: deployment?.id ?? null, ...asker });
  return json({ name: site.name, redeploy: number ?? 'live' }, 202);
});
