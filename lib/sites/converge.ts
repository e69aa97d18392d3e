// Brings one site to what its row says: launch it, mend it, or remove it. The one place where a site's disk, container,
// repository and route are made and unmade; every step may run twice, so a killed worker only has to start again.

import { restoreSite } from '../checkpoints/restore.ts';
import { tendCheckpoints } from '../checkpoints/tend.ts';
import { notify } from '../db/notify.ts';
import { deploy } from '../deploy/deploy.ts';
import type { DeployDeps } from '../deploy/deps.ts';
import { settleSite } from '../deploy/settle.ts';
import { gitSource } from '../deploy/source.ts';
import { DISK_MOUNTS } from '../disk/disk.ts';
import { readDomainHosts } from '../domains/hosts.ts';
import type { ContainerState } from '../engine/engine.ts';
import { deliverEnvironment, lacksEnvironment } from '../environment/deliver.ts';
import type { GitDeps } from '../git/deps.ts';
import { createStarter, initRepository } from '../git/repository.ts';
import { withLease } from '../jobs/lease.ts';
import type { Haproxy } from '../proxy/haproxy.ts';
import { AWAY } from '../proxy/proxy.ts';
import type { TextMap } from '../proxy/text-map.ts';
import { siteHost } from './address.ts';
import type { Copies } from './copies.ts';
import { containerStormText } from './held.ts';
import { holdByPolicy } from './hold.ts';
import { type HeldApps, holdApp } from './hold-app.ts';
import { recordFailure, step } from './launch-steps.ts';
import { listensWithin } from './listening.ts';
import { ensureContainer, ensureDisk, type MachineDeps, type SiteWithPlan } from './machine.ts';
import { readMovedHosts } from './old-names.ts';
import { mayComeBack, putAway, withdraw } from './put-away.ts';
import { bringToRest, wantedStatus } from './rest.ts';
import { leaveAddress } from './site-network.ts';
import type { StartPace } from './start-pace.ts';
import type { Waker } from './wake.ts';

export type ConvergeDeps = MachineDeps &
  DeployDeps & {
    git: GitDeps;
    proxy: Haproxy;
    moved: TextMap;
    /** From domains of people's own to the hosts of their sites. */
    domains: TextMap;
    starts: StartPace;
    heldApps: HeldApps;
    waker: Waker;
    copies: Copies;
    /** Asks for another look over everything, in so many milliseconds at the latest. */
    lookAgainIn: (ms: number) => void;
  };

const LEASE_WAIT_MS = 5_000;
/** Before a restore that waits for a deployment or a push is tried again. */
const RESTORE_AGAIN_MS = 1_000;
const LISTEN_MS = 15_000;
const STOP_SECONDS = 5;

/** Safe to call at any time and as often as one likes; a site that is as it should be costs a few look-ups. */
export async function converge(deps: ConvergeDeps, siteId: string): Promise<void> {
  await withLease(deps.db, `converge:${siteId}`, `${deps.runner}:${crypto.randomUUID()}`, LEASE_WAIT_MS, async () => {
    const site = await deps.db.site.findUnique({ where: { id: siteId }, include: { plan: true } });
    if (!site) return;
    const isRenamed = site.routedName !== null && site.routedName !== site.name;
    // First: who still has the old address is then never told that there is no site.
    if (isRenamed) {
      await deps.moved.sync(await readMovedHosts(deps.db, deps.settings));
      await deps.domains.sync(await readDomainHosts(deps.db, deps.settings));
    }
    if (site.state === 'deleting' && mayComeBack(site, new Date())) await putAway(deps, site);
    else if (site.state === 'deleting') await remove(deps, site);
    else if (site.state !== 'live') await launchNow(deps, site);
    else await keepLive(deps, site);
  });
}

/** A live site: first what is asked of its disk, then its container, then its checkpoints. */
async function keepLive(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  const restored = site.restoringId ? await restoreSite(deps, site) : null;
  if (restored === 'busy') deps.lookAgainIn(RESTORE_AGAIN_MS);
  if (restored === null || restored === 'busy') await keepMachine(deps, site);
  await tendCheckpoints(deps, restored === null || restored === 'busy' ? site : { ...site, restoringId: null });
}

async function keepMachine(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  if (wantedStatus(site) === 'left') await holdApp(deps, site);
  else if (wantedStatus(site) === 'running') await mend(deps, site);
  else await bringToRest(deps, site);
}

/** From a row to a site that answers. The first release is deployment no. 1 of the starter: there is one pipeline. */
async function launchNow(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  // The copying of a disk was the first of them.
  const launchSteps = site.state === 'launching' && site.liveDeploymentId ? site.launchSteps : [];
  try {
    await deps.db.site.update({ where: { id: site.id }, data: { state: 'launching', problem: null, launchSteps } });
    if (site.cloneOfId) return deps.copies.begin(site);
    const mounted = await step(deps, site, 'Disk with its limit', () => ensureDisk(deps, site));
    const repository = mounted.repository;
    const [commit] = await Promise.all([
      step(deps, site, 'Git repository with a starter app', async () => {
        await initRepository(repository, deps.git.confinement.account);
        return createStarter(repository, deps.git.confinement.account);
      }),
      step(deps, site, 'Container with its limits', async () => {
        await deps.proxy.quiet(siteHost(deps.settings, site.name));
        return ensureContainer(deps, site, mounted);
      }),
    ]);
    if (!site.liveDeploymentId) {
      const source = gitSource(deps.git, { repository, commit });
      await step(deps, site, 'First release', () =>
        deploy(deps, { siteId: site.id, cause: 'launch', source, onLine: () => {} }),
      );
    }
    if (site.liveDeploymentId) await step(deps, site, 'Release that was live', () => startLive(deps, site));
    await becomeLive(deps, site);
  } catch (error) {
    await recordFailure(deps, site, error);
    throw error;
  }
}

/** Of a disk that has one: a copy, or a launch that was killed at its end. */
async function startLive(deps: ConvergeDeps, { id, livePort }: SiteWithPlan): Promise<void> {
  await settleSite(deps, id);
  const { address } = (await deps.engine.inspect(id)) ?? {};
  if (address && livePort) await listensWithin({ address, port: livePort }, LISTEN_MS);
}

async function becomeLive(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  // A site that was deleted meanwhile stays so.
  await deps.db.site.updateMany({ where: { id: site.id, state: 'launching' }, data: { state: 'live' } });
  await route(deps, site.id);
  await notify(deps.db, 'site', site.id);
}

/** A live site's machine as it should be: after a reboot, a killed engine or a container removed by hand. */
async function mend(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  const state = await deps.engine.inspect(site.id);
  const isMounted = (await deps.disk.mounted()).has(site.id);
  const isAsWished =
    state?.status === 'running' && state.generation === site.generation && state.address === site.address;
  if (!isAsWished || !isMounted) {
    if (!(await mayStart(deps, site, state))) return;
    // A container whose mounts went away (a reboot) would start on empty directories: mount first.
    const host = siteHost(deps.settings, site.name);
    await deps.proxy.setRoute(host, AWAY);
    // Two mounts of one disk at a time would take each other's files away.
    if (!isMounted) await deps.engine.stop(site.id, STOP_SECONDS);
    const mounted = await ensureDisk(deps, site);
    await deps.proxy.quiet(host);
    await ensureContainer(deps, site, mounted);
    deps.log.info({ siteId: site.id, mounts: DISK_MOUNTS.length }, 'a site is back');
  } else if (lacksEnvironment(site, state)) {
    await deliverEnvironment(deps, site.id, state);
  }
  await route(deps, site.id);
}

/** False when the container ended soon after its last starts: it has to wait for the next, or is given up. */
async function mayStart(deps: ConvergeDeps, site: SiteWithPlan, state: ContainerState | null): Promise<boolean> {
  if (state?.status === 'running' && state.generation === site.generation) return true;
  const storm = deps.starts.storm(site);
  if (storm) {
    await holdByPolicy(deps.db, site.id, 'storm', containerStormText(storm, state));
    deps.starts.forget(site.id);
    return false;
  }
  const waitMs = deps.starts.waitMs(site);
  if (waitMs > 0) deps.lookAgainIn(waitMs);
  else deps.starts.started(site);
  return waitMs === 0;
}

/** Makes the proxy's entry what the row says, and takes away the one of an earlier name. */
async function route(deps: ConvergeDeps, siteId: string): Promise<void> {
  const site = await deps.db.site.findUniqueOrThrow({ where: { id: siteId } });
  if (site.state !== 'live' || site.heldBy || !site.address || !site.livePort) return;
  await deps.proxy.setRoute(siteHost(deps.settings, site.name), { address: site.address, port: site.livePort });
  if (site.routedName === site.name) return;
  if (site.routedName) await deps.proxy.removeRoute(siteHost(deps.settings, site.routedName));
  await deps.db.site.update({ where: { id: site.id }, data: { routedName: site.name } });
  await notify(deps.db, 'site', site.id);
}

/** The route first, so that nobody is sent to what is going; the row last, so that a kill leaves the wish standing. */
async function remove(deps: ConvergeDeps, site: SiteWithPlan): Promise<void> {
  await withdraw(deps, site, async () => {
    await leaveAddress(deps, site);
    await deps.engine.remove(site.id);
    await deps.disk.destroy(site.id);
    deps.starts.forget(site.id);
  });
  await deps.db.$transaction(async (tx) => {
    await tx.site.update({ where: { id: site.id }, data: { liveDeploymentId: null } });
    await tx.site.delete({ where: { id: site.id } });
    await notify(tx, 'site', site.id);
  });
}
