// GET lists a site's deployments, the newest first: `?before=NUMBER` for the page after, as `before` of the answer says.

import { readQuery } from '#lib/api/body.ts';
import { DEPLOYMENTS_QUERY } from '#lib/api/contract/deployments.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { listDeployments, parseNumber } from '#lib/deploy/list.ts';
import { viewDeployment } from '#lib/sites/view.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const query = readQuery(call.request, DEPLOYMENTS_QUERY);
  const from = query.before === undefined ? null : parseNumber(query.before);
  const { deployments, before } = await listDeployments(call.db, site.id, from, query.limit);
  return json({ deployments: deployments.map((deployment) => viewDeployment(site, deployment)), before });
});
