// GET lists a site's deployments, the newest first: `?before=NUMBER` for the page after, as `before` of the answer says.

import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { listDeployments, parseNumber } from '#lib/deploy/list.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { viewDeployment } from '#lib/sites/view.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const asked = new URL(call.request.url).searchParams.get('before');
  const from = asked === null ? null : parseNumber(asked);
  if (asked !== null && from === null) {
    throw new AppError('bad-request', {
      message: '"before" is no number of a deployment.',
      hint: 'Leave it out for the newest, or send the `before` of the page before.',
    });
  }
  const { deployments, before } = await listDeployments(call.db, site.id, from);
  return json({ deployments: deployments.map((deployment) => viewDeployment(site, deployment)), before });
});
