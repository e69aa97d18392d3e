// POST makes an earlier release live again: the one of deployment `number`, or without it the one before the live one.

import { adminOver } from '#lib/api/admin.ts';
import { askerWords } from '#lib/api/asker.ts';
import { readJson } from '#lib/api/body.ts';
import { DEPLOYMENT_NUMBER } from '#lib/api/contract/deployments.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requestRollback } from '#lib/deploy/request.ts';
import { AppError } from '#lib/errors/app-error.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const { db } = call;
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const { number } = await readJson(call.request, DEPLOYMENT_NUMBER);
  const deployment = number
    ? await db.deployment.findUnique({ where: { siteId_number: { siteId: site.id, number } }, select: { id: true } })
    : null;
  if (number && !deployment) {
    throw new AppError('no-earlier-release', {
      message: `The site ${site.name} has no deployment ${number}.`,
      hint: 'Choose one of the deployments that its page lists.',
    });
  }
  const asker = { by: await askerWords(call, site), admin: adminOver(call, site) };
  await requestRollback(db, site, { deploymentId: deployment?.id ?? null, ...asker });
  return json({ name: site.name, rollback: number ?? 'previous' }, 202);
});
