// A deleted site that its owner may have back: it is stopped and led to by nothing, and all it has stays where it is.

import type { Site } from '../db/generated/client.ts';
import type { ContainerState } from '../engine/engine.ts';
import { withLease } from '../jobs/lease.ts';
import { siteHost } from './address.ts';
import type { ConvergeDeps } from './converge.ts';
import type { SiteWithPlan } from './machine.ts';
import { isAtRest } from './rest.ts';
import { leaveAddress } from './site-network.ts';

/** A running deployment is given this long before the site is taken from under it. */
const WAIT_MS = 30_000;
const STOP_SECONDS = 5;

type Deleted = Pick<Site, 'undoUntil' | 'address' | 'routedName'>;

/** Pure. */
export function mayComeBack({ undoUntil }: Pick<Site, 'undoUntil'>, now: Date): boolean {
  return undoUntil !== null && undoUntil > now;
}

/** Nothing is left to do until it is brought back or gone for good. Pure. */
export function isPutAway(site: Deleted, container: ContainerState | null, now: Date): boolean {
  if (!mayComeBack(site, now)) return false;
  return isAtRest('stopped', container) && site.address === null && site.routedName === null;
}

/** Safe to repeat. */
export async function putAway(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  await withdraw(deps, site, async () => {
    await leaveAddress(deps, site);
    if (!isAtRest('stopped', await deps.engine.inspect(site.id))) await deps.engine.stop(site.id, STOP_SECONDS);
    deps.starts.forget(site.id);
  });
  const where = { id: site.id, state: 'deleting' as const };
  await deps.db.site.updateMany({ where, data: { address: null, routedName: null } });
}

/** The routes first, so that nobody is sent to what is going; then the work, after a deployment that runs. */
export async function withdraw(deps: ConvergeDeps, site: SiteWithPlan, work: () => Promise<void>): Promise<void> {
  for (const name of new Set([site.name, site.routedName ?? site.name])) {
    await deps.proxy.removeRoute(siteHost(deps.settings, name));
  }
  const holder = `${deps.runner}:${crypto.randomUUID()}`;
  if (!(await withLease(deps.db, `site:${site.id}`, holder, WAIT_MS, work))) await work();
}
