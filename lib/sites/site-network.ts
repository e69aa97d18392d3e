// Keeps the kernel's network limits equal to the rows, by the address that each site's container has at the moment. An
// address that is between two containers has none, which means the strictest: never those of the site before.

import type { ContainerState } from '../engine/engine.ts';
import { holdable } from '../network/elements.ts';
import type { NetworkLimits, NetworkState } from '../network/network.ts';
import { limitsOf } from './limits.ts';
import type { MachineDeps, SiteWithPlan } from './machine.ts';
import { networkLimits } from './machine-limits.ts';

type NetworkDeps = Pick<MachineDeps, 'db' | 'engine' | 'network' | 'log'>;

/** Of a container that has just got its address. Where that fails the strictest hold until the next look. */
export async function limitAddress(deps: NetworkDeps, site: SiteWithPlan, address: string): Promise<void> {
  await deps.network
    .setLimits(new Map([[address, networkLimits(limitsOf(site))]]))
    .catch((cause) => deps.log.error({ siteId: site.id, cause: String(cause) }, 'a site has the strictest network'));
}

/** After a change of the row, while the site runs: connections that are open stay, and count on if nothing changed. */
export async function applyNetworkLimits(deps: NetworkDeps, site: SiteWithPlan): Promise<void> {
  const address = addressOf(await deps.engine.inspect(site.id));
  if (!address) return;
  const { wrong } = networkChanges(new Map([[address, site]]), await deps.network.list());
  if (wrong.size > 0) await deps.network.setLimits(new Map([[address, networkLimits(limitsOf(site))]]));
}

/**
 * Before a container is ended on purpose, while the address is still its own: that of one which has ended by itself may by
 * now be another site's. What fails here the next look does.
 */
export async function leaveAddress({ engine, network, log }: NetworkDeps, site: SiteWithPlan): Promise<void> {
  if (!site.address || addressOf(await engine.inspect(site.id)) !== site.address) return;
  await network
    .forget(site.address)
    .catch((cause) => log.warn({ siteId: site.id, cause: String(cause) }, 'an address is late'));
}

/** For the moment that a container ends: what it had is not the next one's. */
export async function releaseAddress(deps: NetworkDeps, siteId: string): Promise<void> {
  const site = await deps.db.site.findUnique({ where: { id: siteId }, select: { address: true } });
  if (!site?.address) return;
  const taken = (await deps.engine.list()).some((state) => addressOf(state) === site.address);
  if (!taken) await deps.network.forget(site.address);
}

/** Null when it cannot be read now. To be called before the containers are listed. */
export async function readNetwork({ network, log }: NetworkDeps): Promise<Map<string, NetworkState> | null> {
  return network.list().catch((cause) => {
    log.error({ cause: String(cause) }, 'cannot read the network limits');
    return null;
  });
}

/** Sets what is missing or differs, and forgets what nobody has. `inForce` is older than `containers`. */
export async function repairNetwork(
  deps: NetworkDeps,
  sites: SiteWithPlan[],
  containers: ReadonlyMap<string, ContainerState>,
  inForce: ReadonlyMap<string, NetworkState>,
): Promise<void> {
  const owners = new Map(
    sites.flatMap((site) => {
      const address = addressOf(containers.get(site.id) ?? null);
      return address ? [[address, site] as const] : [];
    }),
  );
  const seen = networkChanges(owners, inForce);
  if (seen.wrong.size + seen.unowned.length === 0) return;
  // Containers come and go while we look: only what is wrong twice is.
  const { wrong, unowned } = networkChanges(owners, await deps.network.list());
  const now = new Map((await deps.engine.list()).map((state) => [addressOf(state), state.siteId]));
  const nobodys = unowned.filter((address) => seen.unowned.includes(address) && !now.has(address));
  const stillTheirs = [...wrong].filter(([address, site]) => seen.wrong.has(address) && now.get(address) === site.id);
  if (stillTheirs.length + nobodys.length === 0) return;
  for (const address of nobodys) await deps.network.forget(address);
  await deps.network.setLimits(new Map(stillTheirs.map(([address, site]) => [address, networkLimits(limitsOf(site))])));
  deps.log.info({ set: stillTheirs.length, forgotten: nobodys.length }, 'network limits were put right');
}

/** By address: the sites whose limits are not in force, and addresses with limits that no site has. Pure. */
export function networkChanges(
  owners: ReadonlyMap<string, SiteWithPlan>,
  inForce: ReadonlyMap<string, NetworkState>,
): { wrong: Map<string, SiteWithPlan>; unowned: string[] } {
  const isWrong = ([address, site]: [string, SiteWithPlan]) => {
    const held = inForce.get(address)?.limits;
    return !held || !isSame(held, holdable(networkLimits(limitsOf(site))));
  };
  return {
    wrong: new Map([...owners].filter(isWrong)),
    unowned: [...inForce.keys()].filter((address) => !owners.has(address)),
  };
}

function isSame(one: NetworkLimits, other: NetworkLimits): boolean {
  return (
    one.bandwidthBytesMax === other.bandwidthBytesMax &&
    one.connectionsMax === other.connectionsMax &&
    one.newConnectionsMax === other.newConnectionsMax
  );
}

/** Null: it does not run. */
function addressOf(container: ContainerState | null): string | null {
  return container?.status === 'running' || container?.status === 'paused' ? container.address : null;
}
