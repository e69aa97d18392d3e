// The one place where another release becomes live: the pointer and its port in one transaction, then the route.

import { setTimeout as sleep } from 'node:timers/promises';
import { notify } from '../db/notify.ts';
import { siteNotFound } from '../errors/app-error.ts';
import type { Target } from '../proxy/proxy.ts';
import { siteHost } from '../sites/address.ts';
import type { DeployDeps } from './deps.ts';

export interface NewLive extends Target {
  siteId: string;
  deploymentId: string;
  /** The numbers of the releases that stay on the disk, this one among them. */
  kept: number[];
}

const ROUTE_ATTEMPTS = 6;

/**
 * Makes the deployment the site's live one. Answers false when the pointer has moved but the proxy did not take the route
 * yet: the reconcile loop brings it, and until then the old process must go on. Throws when nothing has moved.
 */
export async function switchLive(deps: DeployDeps, live: NewLive): Promise<boolean> {
  const { siteId, deploymentId, address, port, kept } = live;
  const name = await deps.db.$transaction(async (tx) => {
    const [site] = await tx.site.updateManyAndReturn({
      where: { id: siteId, state: { not: 'deleting' } },
      data: { liveDeploymentId: deploymentId, livePort: port, address, activeAt: new Date() },
      select: { name: true },
    });
    if (!site) throw siteNotFound();
    await tx.deployment.update({
      where: { id: deploymentId },
      data: { status: 'succeeded', finishedAt: new Date(), kept: true },
    });
    await tx.deployment.updateMany({ where: { siteId, kept: true, number: { notIn: kept } }, data: { kept: false } });
    await notify(tx, 'site', siteId);
    await notify(tx, 'routes', siteId);
    return site.name;
  });
  return route(deps, siteId, name, { address, port });
}

async function route(deps: DeployDeps, siteId: string, name: string, target: Target): Promise<boolean> {
  for (let attempt = 0; attempt < ROUTE_ATTEMPTS; attempt += 1) {
    try {
      await deps.proxy.setRoute(siteHost(deps.settings, name), target);
      await deps.db.site.updateMany({ where: { id: siteId, name }, data: { routedName: name } });
      return true;
    } catch (cause) {
      deps.log.warn({ siteId, attempt, cause: String(cause) }, 'the proxy did not take a route');
      await sleep(50 * 2 ** attempt);
    }
  }
  return false;
}
