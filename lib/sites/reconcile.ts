// The truth behind the jobs: a look over everything, comparing what should be with what is. What one look finds wrong,
// `converge` puts right.

import { sitesToTend } from '../checkpoints/look.ts';
import type { Site } from '../db/generated/client.ts';
import type { ContainerState } from '../engine/engine.ts';
import type { Settings } from '../env.ts';
import { lacksEnvironment } from '../environment/deliver.ts';
import { forgottenEnvironments } from '../environment/forgotten.ts';
import { addJob } from '../jobs/add.ts';
import { AWAY, type Target } from '../proxy/proxy.ts';
import { siteHost } from './address.ts';
import { type ConvergeDeps, converge } from './converge.ts';
import type { HeldApps } from './hold-app.ts';
import { tightenHeldDisks } from './hold-disk.ts';
import { insertReady } from './launch.ts';
import { readMovedHosts } from './old-names.ts';
import { isPutAway } from './put-away.ts';
import { isAtRest, routeTarget, wantedStatus } from './rest.ts';
import { readNetwork, repairNetwork } from './site-network.ts';

/** How many sites are worked on at a time. */
const PARALLEL = 2;
/** A failed launch is tried again after this. */
const RETRY_MS = 30_000;

type Row = Pick<
  Site,
  | 'id'
  | 'name'
  | 'state'
  | 'rest'
  | 'heldBy'
  | 'heldAt'
  | 'restoringId'
  | 'generation'
  | 'address'
  | 'livePort'
  | 'routedName'
  | 'createdAt'
  | 'liveEnvironment'
  | 'environmentIn'
  | 'undoUntil'
>;

/** One look over all sites, containers, disks and routes. */
export async function reconcile(deps: ConvergeDeps): Promise<void> {
  await removeStrays(deps);
  // In this order: limits are of an address that a container had before, and a site whose row says live had its
  // container running before.
  const inForce = await readNetwork(deps);
  const sites = await deps.db.site.findMany({ include: { plan: true } });
  const containers = new Map((await deps.engine.list()).map((state) => [state.siteId, state]));
  await deps.proxy.sync(desiredRoutes(deps.settings, sites, containers), (host) => routeOfHost(deps, host));
  await deps.moved.sync(await readMovedHosts(deps.db, deps.settings));
  if (inForce) {
    await repairNetwork(deps, sites, containers, inForce).catch((error) =>
      deps.log.error({ cause: String(error) }, 'could not put network limits right'),
    );
  }
  deps.heldApps.keepOnly(containers.values());
  await tightenHeldDisks(deps);
  await removeOrphans(deps, new Set(sites.map(({ id }) => id)), [...containers.keys()]);
  const live = sites.filter(({ state }) => state === 'live').map(({ id }) => id);
  const untended = await sitesToTend(deps, live);
  const mounted = await deps.disk.mounted();
  await remindOfEnvironments(deps);
  const wrong = sites.filter(
    (site) =>
      !deps.copies.isCopying(site.id) &&
      (untended.has(site.id) ||
        needsWork(site, containers.get(site.id) ?? null, new Date(), deps.heldApps) ||
        lacksMount(site, mounted)),
  );
  await inParallel(wrong, PARALLEL, async ({ id }) => {
    await converge(deps, id).catch((error) =>
      deps.log.error({ siteId: id, cause: String(error) }, 'could not converge'),
    );
  });
}

/** Whether a site is not what its row says. Pure. */
export function needsWork(
  site: Row,
  container: ContainerState | null,
  now: Date,
  heldApps: Pick<HeldApps, 'isHeld'>,
): boolean {
  if (site.state === 'launching') return true;
  if (site.state === 'deleting') return !isPutAway(site, container, now);
  if (site.state === 'failed') return now.getTime() % RETRY_MS < RETRY_MS / 2;
  if (site.restoringId || site.routedName !== site.name) return true;
  const wanted = wantedStatus(site);
  if (wanted === 'left' && container?.status === 'running') return !heldApps.isHeld(container, site.heldAt);
  // The address of a container that has ended is given to another one.
  if (wanted === 'left') return site.address !== null && isAtRest('stopped', container);
  if (wanted !== 'running') return !isAtRest(wanted, container) || (wanted === 'stopped' && site.address !== null);
  if (lacksEnvironment(site, container)) return true;
  return (
    container?.status !== 'running' || container.generation !== site.generation || container.address !== site.address
  );
}

/**
 * Fills the pool of ready sites up to its number, but not while a visitor waits for a launch: that one has the machine
 * for itself. Answers how many were added.
 */
export async function refill(deps: ConvergeDeps): Promise<number> {
  if ((await deps.db.site.count({ where: { ownerId: { not: null }, state: 'launching', cloneOfId: null } })) > 0)
    return 0;
  let added = 0;
  while (await insertReady(deps, deps.settings.readySites)) added += 1;
  return added;
}

/**
 * Where each site's host leads: to its container while that runs, to the waker while it sleeps, else nowhere. Pure.
 */
export function desiredRoutes(
  settings: Settings,
  sites: Row[],
  containers: ReadonlyMap<string, ContainerState>,
): Map<string, Target> {
  const routes = new Map<string, Target>();
  for (const site of sites) {
    const target = targetOf(site, containers.get(site.id) ?? null);
    if (target) routes.set(siteHost(settings, site.name), target);
  }
  return routes;
}

/** Null: the site has no route. Pure. */
function targetOf(site: Row, container: ContainerState | null): Target | null {
  return site.state === 'deleting' ? null : routeTarget(site, container);
}

/** A site that is to run, and whose container would start on empty directories. Pure. */
function lacksMount(site: Row, mounted: ReadonlySet<string>): boolean {
  return site.state === 'live' && wantedStatus(site) === 'running' && !mounted.has(site.id);
}

async function remindOfEnvironments({ db }: ConvergeDeps): Promise<void> {
  for (const siteId of await forgottenEnvironments(db)) await addJob(db, 'environment', { siteId });
}

/** As `routeOf`; the host may be one that a site has only just been given. */
async function routeOfHost(deps: ConvergeDeps, host: string): Promise<Target | null> {
  const [name = ''] = host.split('.');
  const site = await deps.db.site.findUnique({ where: { name }, select: { id: true } });
  return site && siteHost(deps.settings, name) === host ? routeOf(deps, site.id) : null;
}

/** Where the site's host is to lead now. Null: nowhere, or the site has gone. */
async function routeOf(deps: ConvergeDeps, siteId: string): Promise<Target | null> {
  const container = await deps.engine.inspect(siteId);
  const site = await deps.db.site.findUnique({ where: { id: siteId } });
  return site && targetOf(site, container);
}

/** For the moment that a container ends: nobody is sent to an address that the next one may be given. */
export async function withdrawRoute(deps: ConvergeDeps, siteId: string): Promise<void> {
  const target = await routeOf(deps, siteId);
  // It runs again, or never had a route, or sleeps, and then nobody is sent to where it was.
  if (target?.address !== AWAY.address || target.port !== AWAY.port) return;
  const { name } = await deps.db.site.findUniqueOrThrow({ where: { id: siteId } });
  await deps.proxy.setRoute(siteHost(deps.settings, name), AWAY);
}

/** A copy of a site's container by hand, or one that got another name: nobody would ever look for it. */
async function removeStrays({ engine, log }: ConvergeDeps): Promise<void> {
  for (const instanceId of await engine.strays()) {
    log.warn({ instanceId }, 'removing a container that has our labels and is no site’s');
    await engine.removeStray(instanceId);
  }
}

/** Containers and disks of sites that no longer exist: what a kill in the middle of a delete can leave. */
async function removeOrphans(deps: ConvergeDeps, known: ReadonlySet<string>, containers: string[]): Promise<void> {
  for (const id of new Set([...containers, ...(await deps.disk.list())])) {
    if (known.has(id) || (await deps.db.site.findUnique({ where: { id } }))) continue;
    deps.log.warn({ siteId: id }, 'removing what a deleted site left');
    await deps.engine.remove(id);
    await deps.disk.destroy(id);
  }
}

async function inParallel<T>(items: T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
