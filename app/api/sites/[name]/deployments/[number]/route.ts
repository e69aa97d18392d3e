// GET tells one deployment with its log.

import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { AppError } from '#lib/errors/app-error.ts';

const NUMBER = /^[1-9]\d{0,6}$/;
const HIDDEN = { id: true, siteId: true, runner: true } as const;

export const GET = handle<{ name: string; number: string }>(async (call) => {
  const { db, params } = call;
  const site = await requireSiteOf(call, params.name, 'view');
  const deployment = NUMBER.test(params.number)
    ? await db.deployment.findUnique({
        where: { siteId_number: { siteId: site.id, number: Number(params.number) } },
        omit: HIDDEN,
      })
    : null;
  if (!deployment) {
    throw new AppError('not-found', {
      message: `The site ${site.name} has no such deployment.`,
      hint: 'Choose one of the deployments that its page lists.',
    });
  }
  return json(deployment);
});
