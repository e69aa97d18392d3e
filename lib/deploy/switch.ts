// The one place where another release becomes live: the pointer and its port in one transaction, then the route.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { type AppError, siteNotFound } from '../errors/app-error.ts';
import type { Target } from '../proxy/proxy.ts';
import { siteHost } from '../sites/address.ts';
import { siteHeld } from '../sites/held.ts';
import type { DeployDeps } from './deps.ts';

export interface NewLive extends Target {
  siteId: string;
  deploymentId: string;
  /** The revision of the variables that it was given. */
  environment: number;
  /** The numbers of the releases that stay on the disk, this one among them. */
  kept: number[];
}

const ROUTE_ATTEMPTS = 6;

/**
 * Makes the deployment the site's live one. Answers false when the pointer has moved but the proxy did not take the route
 * yet: the reconcile loop brings it, and until then the old process must go on. Throws when nothing has moved.
 */
export async function switchLive(deps: DeployDeps, live: NewLive): Promise<boolean> {
  const { siteId, deploymentId, address, port, environment, kept } = live;
  const name = await deps.db.$transaction(async (tx) => {
    const [site] = await tx.site.updateManyAndReturn({
      where: { id: siteId, state: { not: 'deleting' }, OR: [{ heldBy: null }, { heldBy: 'storm' }] },
      data: {
        ...{ liveDeploymentId: deploymentId, livePort: port, liveEnvironment: environment },
        ...{ address, activeAt: new Date() },
      },
      select: { name: true, heldBy: true },
    });
    if (!site) throw await whyNot(tx, siteId);
    if (site.heldBy) await endStorm(tx, siteId);
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

/** A release that passed its checks is the cure of an app that kept ending. */
async function endStorm(tx: Transaction, siteId: string): Promise<void> {
  await tx.site.update({ where: { id: siteId }, data: { heldBy: null, heldFor: null, heldAt: null } });
  const text = 'Another release went live, so the site is started again.';
  await tx.event.create({ data: { siteId, kind: 'released', text } });
}

async function whyNot(tx: Transaction, siteId: string): Promise<AppError> {
  const site = await tx.site.findUnique({
    where: { id: siteId },
    select: { state: true, heldBy: true, heldFor: true },
  });
  return site?.heldBy && site.state !== 'deleting' ? siteHeld(site) : siteNotFound();
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
