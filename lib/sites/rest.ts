// What a live site's container is to be: running, or at rest because nobody visits, or stopped until somebody starts it
// again. And the way to rest, which nobody who is there notices.

import { access } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import type { ContainerState } from '../engine/engine.ts';
import { withLease } from '../jobs/lease.ts';
import { ASLEEP, AWAY, HELD, type Target } from '../proxy/proxy.ts';
import { siteHost } from './address.ts';
import type { ConvergeDeps } from './converge.ts';
import type { SiteWithPlan } from './machine.ts';
import { leaveAddress } from './site-network.ts';

/** `left`: as it is, with its app held. */
export type WantedStatus = 'running' | 'paused' | 'stopped' | 'left';

/** Processes are asked to end, and then ended. */
const STOP_SECONDS = 5;
/** Requests that are open when a site is to sleep may end within this; then it stays awake. */
const DRAIN_MS = 2_000;
const DRAIN_LOOK_MS = 50;

/** Pure. */
export function wantedStatus({ rest, heldBy }: Pick<Site, 'rest' | 'heldBy'>): WantedStatus {
  if (heldBy === 'storm') return 'left';
  if (heldBy || rest === 'stopped') return 'stopped';
  return rest === 'frozen' ? 'paused' : 'running';
}

/** Whether the container is as it is wanted, apart from what it is made from. Pure. */
export function isAtRest(wanted: 'paused' | 'stopped', container: ContainerState | null): boolean {
  if (wanted === 'paused') return container?.status === 'paused';
  return container?.status !== 'running' && container?.status !== 'paused';
}

/**
 * Where the host of a live site leads. Who visits a held one is told so. A sleeping one's visitors go by the waker,
 * whatever its container does; else to the container while it runs, for the address in the row may by now be another
 * site's. Pure.
 */
export function routeTarget(
  site: Pick<Site, 'rest' | 'heldBy' | 'livePort'>,
  container: ContainerState | null,
): Target | null {
  if (!site.livePort) return null;
  if (site.heldBy) return HELD;
  if (site.rest !== 'awake') return ASLEEP;
  const runs = container?.status === 'running' || container?.status === 'paused';
  return runs && container.address ? { address: container.address, port: site.livePort } : AWAY;
}

/**
 * Brings a site to rest. First the route, so that who comes from now on waits at the waker; then a look whether somebody
 * is there: in that case the site is set awake again. Safe to repeat and to be killed in: as long as the row says asleep,
 * every visitor comes by the waker.
 */
export async function bringToRest(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  const wanted = wantedStatus(site);
  const container = await deps.engine.inspect(site.id);
  if (wanted === 'running' || wanted === 'left') return;
  await setRestRoute(deps, site, container);
  if (isAtRest(wanted, container)) return noteRest(deps, site);
  if (wanted === 'paused' && container?.status !== 'running') {
    // A restart of the machine or the engine took what was frozen: it is stopped.
    await deps.db.site.updateMany({ where: { id: site.id, rest: 'frozen' }, data: { rest: 'stopped', address: null } });
    return;
  }
  const present = await whileAlone(deps, site, async () => {
    if (wanted === 'paused') return deps.engine.pause(site.id);
    await leaveAddress(deps, site);
    await deps.engine.stop(site.id, STOP_SECONDS);
  });
  if (present) return stayAwake(deps, site, container, present);
  deps.starts.forget(site.id);
  deps.log.info({ siteId: site.id, wanted }, 'a site is at rest');
  await noteRest(deps, site);
}

/** Does it while nobody is in the site; else answers who is. When the site is held, nobody is asked. */
async function whileAlone(deps: ConvergeDeps, site: SiteWithPlan, work: () => Promise<void>): Promise<string | null> {
  if (site.heldBy) return work().then(() => null);
  const holder = `rest:${deps.runner}:${crypto.randomUUID()}`;
  const done = await withLease(deps.db, `site:${site.id}`, holder, 0, async () => {
    if (await hasSession(deps, site.id)) return 'an SSH session is open';
    if (!(await drained(deps, site))) return 'a request is open';
    await work();
    return null;
  });
  return done ? done.result : 'a deployment is under way';
}

/** The SSH process notes each site that has a session, before it looks whether that site is awake. */
async function hasSession({ settings }: ConvergeDeps, siteId: string): Promise<boolean> {
  return access(path.join(settings.paths.sshSessions, siteId)).then(
    () => true,
    () => false,
  );
}

async function drained(deps: ConvergeDeps, site: SiteWithPlan): Promise<boolean> {
  const host = siteHost(deps.settings, site.name);
  const deadline = Date.now() + DRAIN_MS;
  for (;;) {
    if (!(await deps.proxy.openRequests()).has(host)) return true;
    // Who waits at the waker shall not wait for others' requests to end.
    if (deps.waker.isWanted(site.id) || Date.now() > deadline) return false;
    await sleep(DRAIN_LOOK_MS);
  }
}

async function stayAwake(
  deps: ConvergeDeps,
  site: SiteWithPlan,
  container: ContainerState | null,
  present: string,
): Promise<void> {
  const awake = { rest: 'awake' as const, activeAt: new Date() };
  // One that was to be stopped may be frozen so far, and must not stay so with a route.
  if (container?.status === 'paused') await deps.engine.unpause(site.id);
  await deps.db.site.updateMany({ where: { id: site.id }, data: awake });
  const text = `The site was to sleep and stays awake: ${present}.`;
  await deps.db.event.create({ data: { siteId: site.id, kind: 'stays-awake', text } });
  await setRestRoute(deps, { ...site, ...awake }, container);
  await notify(deps.db, 'site', site.id);
}

/** The proxy's entry of a site that does not simply run. */
export async function setRestRoute(
  deps: ConvergeDeps,
  site: SiteWithPlan,
  container: ContainerState | null,
): Promise<void> {
  const target = routeTarget(site, container);
  if (target) await deps.proxy.setRoute(siteHost(deps.settings, site.name), target);
  if (!target || site.routedName === site.name) return;
  if (site.routedName) await deps.proxy.removeRoute(siteHost(deps.settings, site.routedName));
  await deps.db.site.update({ where: { id: site.id }, data: { routedName: site.name } });
}

/** A stopped container has no address: the engine gives it to the next. */
async function noteRest(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  if (wantedStatus(site) === 'stopped' && site.address) {
    await deps.db.site.update({ where: { id: site.id }, data: { address: null } });
  }
  await notify(deps.db, 'site', site.id);
}
