// The ways to a site, and what is under way, against the rows. Pure.

import type { Settings } from '../env.ts';
import { writeTarget } from '../proxy/map.ts';
import type { Target } from '../proxy/proxy.ts';
import { desiredRoutes } from '../sites/reconcile.ts';
import type { Actual } from './actual.ts';
import { compareSets, type Difference } from './difference.ts';
import type { Wanted } from './wanted.ts';

/** An expired lease is no harm. One that stays for so long, nobody takes away. */
const EXPIRED_SECONDS_MAX = 90;

export function routeDifferences(wanted: Wanted, actual: Actual, settings: Settings): Difference[] {
  const states = new Map(actual.containers.map((state) => [state.siteId, state]));
  const routes = written(desiredRoutes(settings, wanted.sites, states));
  return [
    ...mapDifferences('route', routes, written(actual.routes)),
    ...mapDifferences('saved route', routes, written(actual.savedRoutes)),
    ...mapDifferences('earlier name', wanted.moved, actual.moved),
    ...mapDifferences('domain', wanted.domains, actual.domains),
    ...wanted.sites
      .filter(({ state, routedName, name }) => state === 'live' && routedName !== name)
      .map(({ name, routedName }) => ({ part: 'route', of: name, text: `its row says that ${routedName} has one` })),
  ];
}

function written(routes: ReadonlyMap<string, Target>): Map<string, string> {
  return new Map([...routes].map(([host, target]) => [host, writeTarget(target)]));
}

function mapDifferences(
  part: string,
  wanted: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): Difference[] {
  const { missing, orphaned } = compareSets(wanted.keys(), actual.keys());
  const other = [...wanted].filter(([key, value]) => actual.has(key) && actual.get(key) !== value);
  return [
    ...missing.map((of) => ({ part, of, text: 'it is missing' })),
    ...orphaned.map((of) => ({ part, of, text: 'no site has it' })),
    ...other.map(([of, value]) => ({ part, of, text: `it leads to ${actual.get(of)} instead of ${value}` })),
  ];
}

export function doorDifferences({ sites }: Wanted, { ports }: Actual): Difference[] {
  const open = sites.filter(({ state }) => state === 'launching' || state === 'live');
  const names = new Map(open.map(({ sshPort, name }) => [sshPort, name]));
  const { missing, orphaned } = compareSets(names.keys(), ports);
  return [
    ...missing.map((port) => ({ part: 'SSH port', of: names.get(port) ?? '', text: `nobody listens on ${port}` })),
    ...orphaned.map((port) => ({ part: 'SSH port', of: String(port), text: 'no site has it, and somebody listens' })),
  ];
}

/** Rows that are on their way, and what a process has not let go, which may be dead by now. */
export function workDifferences(wanted: Wanted): Difference[] {
  const names = new Map(wanted.sites.map(({ id, name }) => [id, name]));
  const alive = new Set(wanted.alive);
  const nameOf = (siteId: string) => names.get(siteId) ?? siteId;
  return [
    ...wanted.sites.flatMap(({ name, state, problem, restoringId }) => {
      if (state === 'launching') return [{ part: 'launch', of: name, text: 'it is under way' }];
      if (state === 'failed') return [{ part: 'launch', of: name, text: problem ?? 'it failed' }];
      return restoringId ? [{ part: 'restore', of: name, text: 'it is under way' }] : [];
    }),
    ...wanted.deployments.map(({ siteId, number, status, runner }) => {
      const of = `${nameOf(siteId)}, number ${number}`;
      const text = status === 'running' ? `it is run by ${runner}` : `${runner} has not settled it`;
      return { part: 'deployment', of, text, underWay: runner !== null && alive.has(runner) };
    }),
    ...wanted.jobs
      .filter(({ lockedBy }) => lockedBy !== null)
      .map(({ key, lockedBy }) => ({
        part: 'job',
        of: key,
        text: `${lockedBy} has it`,
        underWay: alive.has(lockedBy ?? ''),
      })),
    ...wanted.forgottenEnvironments.map((id) => ({
      part: 'variables',
      of: nameOf(id),
      text: 'they were changed, and nobody puts them in force',
    })),
    ...wanted.leases
      .filter(({ name, expiredSeconds }) => {
        const isKnown = names.has(name.slice(name.indexOf(':') + 1));
        return expiredSeconds > (isKnown ? EXPIRED_SECONDS_MAX : 0);
      })
      .map(({ name, holder }) => ({ part: 'lease', of: name, text: `${holder} let it expire` })),
  ];
}
