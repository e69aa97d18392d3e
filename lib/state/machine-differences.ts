// Containers, disks and limits against the rows. Pure.

import type { ContainerState } from '../engine/engine.ts';
import { driftOf, tellDrift } from '../limits/drift.ts';
import { limitsOf } from '../sites/limits.ts';
import { isPutAway } from '../sites/put-away.ts';
import { isAtRest, wantedStatus } from '../sites/rest.ts';
import { networkChanges } from '../sites/site-network.ts';
import type { Actual } from './actual.ts';
import { compareSets, type Difference } from './difference.ts';
import type { Wanted, WantedSite } from './wanted.ts';

export interface SitePlaces {
  pool: string;
}

export function containerDifferences({ sites }: Wanted, actual: Actual, now: Date): Difference[] {
  const states = new Map(actual.containers.map((state) => [state.siteId, state]));
  const known = new Set(sites.map(({ id }) => id));
  const orphans = actual.containers.filter(({ siteId }) => !known.has(siteId));
  return [
    ...sites.flatMap((site) => {
      const text = wrongContainer(site, states.get(site.id) ?? null, now);
      return text ? [{ part: 'container', of: site.name, text }] : [];
    }),
    ...orphans.map(({ siteId }) => ({ part: 'container', of: siteId, text: 'its site does not exist' })),
    ...actual.strays.map((id) => ({
      part: 'container',
      of: id.slice(0, 12),
      text: 'it has our labels and another name',
    })),
  ];
}

/** Null: it is as wanted, or the row itself is under way. */
function wrongContainer(site: WantedSite, container: ContainerState | null, now: Date): string | null {
  if (site.state === 'deleting') return isPutAway(site, container, now) ? null : 'its deleted site is not put away';
  if (site.state !== 'live') return null;
  const wanted = wantedStatus(site);
  const is = container ? `it is ${container.status}` : 'there is none';
  if (wanted === 'left') return site.address && isAtRest('stopped', container) ? `${is}, and has an address` : null;
  if (wanted === 'stopped') {
    if (!isAtRest('stopped', container)) return `${is} instead of stopped`;
    return site.address ? 'it is stopped, and its row has an address' : null;
  }
  if (container?.status !== wanted) return `${is} instead of ${wanted}`;
  if (container.generation !== site.generation) {
    return `it is of generation ${container.generation} instead of ${site.generation}`;
  }
  return container.address === site.address ? null : `it is at ${container.address} instead of ${site.address}`;
}

export function diskDifferences({ sites, checkpoints }: Wanted, { disks }: Actual): Difference[] {
  const made = sites.filter(({ state }) => state === 'live' || state === 'deleting');
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  const kept = Map.groupBy(checkpoints, ({ siteId }) => siteId);
  return [
    ...made
      .filter(({ id }) => !disks.ids.includes(id))
      .map(({ name }) => ({ part: 'disk', of: name, text: 'there is none' })),
    ...disks.ids
      .filter((id) => !names.has(id))
      .map((id) => ({ part: 'disk', of: id, text: 'its site does not exist' })),
    ...checkpoints
      .filter(({ status }) => status === 'making' || status === 'dropping')
      .map(({ siteId, status }) => ({ part: 'checkpoint', of: names.get(siteId) ?? siteId, text: `still ${status}` })),
    ...made.flatMap(({ id, name }) => {
      const ready = (kept.get(id) ?? []).map((checkpoint) => checkpoint.id);
      const { missing, orphaned } = compareSets(ready, disks.snapshots.get(id) ?? []);
      return [
        ...missing.map((snapshot) => ({ part: 'snapshot', of: name, text: `${snapshot} is missing` })),
        ...orphaned.map((snapshot) => ({ part: 'snapshot', of: name, text: `no checkpoint knows ${snapshot}` })),
      ];
    }),
  ];
}

/** Where a container runs, base and disk are mounted together once, and the container has that very mount. */
export function mountDifferences({ sites }: Wanted, actual: Actual, { pool }: SitePlaces): Difference[] {
  const known = new Set(sites.map(({ id }) => id));
  const running = new Map(
    actual.containers.filter(({ status }) => status === 'running').map((state) => [state.siteId, state.instanceId]),
  );
  const wrong = ({ id, state }: WantedSite): string | null => {
    const instanceId = running.get(id);
    if (state !== 'live' || instanceId === undefined) return null;
    const mounts = actual.mounts.get(id) ?? [];
    const [mount] = mounts;
    if (!mount) return 'nothing is mounted, and its container runs';
    if (mounts.length > 1) return `${mounts.length} are on top of each other`;
    if (mount.upper !== `${pool}/sites/${id}/upper`) return `it writes to ${mount.upper}`;
    const device = actual.ownDevices.get(instanceId);
    return device === undefined || device === mount.device ? null : 'its container runs on another one';
  };
  return [
    ...sites.flatMap((site) => {
      const text = wrong(site);
      return text ? [{ part: 'mount', of: site.name, text }] : [];
    }),
    ...[...actual.mounts.keys()]
      .filter((id) => !known.has(id))
      .map((id) => ({ part: 'mount', of: id, text: 'its site does not exist' })),
  ];
}

export function limitDifferences({ sites }: Wanted, actual: Actual): Difference[] {
  const live = sites.filter(({ state }) => state === 'live');
  const states = new Map(actual.containers.map((state) => [state.siteId, state]));
  const ofKernel = live.flatMap((site) => {
    const container = states.get(site.id);
    const inForce = {
      container: container ? (actual.kernelLimits.get(container.instanceId) ?? null) : null,
      diskBytesMax: actual.disks.limits.get(site.id),
    };
    const drifts = driftOf(limitsOf(site), site.diskHeldFor !== null, inForce);
    return drifts.map((drift) => ({
      part: 'limit',
      of: site.name,
      text: tellDrift(drift).replace('; corrected.', ''),
    }));
  });
  return [...ofKernel, ...networkDifferences(sites, actual)];
}

/** A site whose launch has failed may have a container that runs, and its address limits: nobody else's. */
function networkDifferences(sites: WantedSite[], { containers, network }: Actual): Difference[] {
  if (!network) return [{ part: 'network limit', of: 'all sites', text: 'cannot be read' }];
  const byId = new Map(sites.map((site) => [site.id, site]));
  const owners = new Map(
    containers.flatMap(({ siteId, address }) => {
      const site = byId.get(siteId);
      return site && address ? [[address, site] as const] : [];
    }),
  );
  const { wrong, unowned } = networkChanges(owners, network);
  return [
    ...[...wrong.values()]
      .filter(({ state }) => state === 'live')
      .map(({ name }) => ({ part: 'network limit', of: name, text: 'it is not in force' })),
    ...unowned.map((address) => ({ part: 'network limit', of: address, text: 'no site has this address' })),
  ];
}
