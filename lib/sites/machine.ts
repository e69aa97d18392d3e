// A site's machine: disk mounted, container running, address known. What launch, repair and restart have in common.

import type { Db } from '../db/client.ts';
import type { Plan, Site } from '../db/generated/client.ts';
import { DISK_MOUNTS, type Disk, type MountedDisk } from '../disk/disk.ts';
import type { ContainerSpec, ContainerState, Engine } from '../engine/engine.ts';
import type { Settings } from '../env.ts';
import { deliverEnvironment, lacksEnvironment } from '../environment/deliver.ts';
import { AppError } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import type { Network } from '../network/network.ts';
import { limitsOf } from './limits.ts';
import { containerLimits, diskLimits } from './machine-limits.ts';
import { limitAddress } from './site-network.ts';

export interface MachineDeps {
  db: Db;
  engine: Engine;
  disk: Disk;
  network: Network;
  settings: Settings;
  log: Log;
}

export type SiteWithPlan = Site & { plan: Plan };

/** The disk with its limit in force, mounted. Safe to repeat. */
export async function ensureDisk({ disk }: MachineDeps, site: SiteWithPlan): Promise<MountedDisk> {
  await disk.create(site.id, diskLimits(limitsOf(site), site)).catch(keepSize);
  return disk.mount(site.id);
}

/** An ext4 disk that cannot become smaller now keeps its size: no reason for its site not to run. */
function keepSize(error: unknown): void {
  if (!(error instanceof AppError) || !(error.code === 'disk-full' || error.code === 'site-not-ready')) throw error;
}

/** The container on its disk, running, with its address in the site's row. Safe to repeat. */
export async function ensureContainer(
  deps: MachineDeps,
  site: SiteWithPlan,
  mounted: MountedDisk,
): Promise<ContainerState> {
  const state = await deps.engine.run(containerSpec(deps.settings, site, mounted));
  if (!state.address) throw endedAtStart(state);
  await Promise.all([
    limitAddress(deps, site, state.address),
    deps.db.site.update({ where: { id: site.id }, data: { address: state.address } }),
  ]);
  if (lacksEnvironment(site, state)) await deliverEnvironment(deps, site.id, state);
  return state;
}

function endedAtStart({ exitCode }: ContainerState): AppError {
  return new AppError('site-not-ready', {
    message: `The site's container ended right after its start${exitCode === null ? '' : `, with exit code ${exitCode}`}.`,
    hint: 'It is tried again after a pause.',
  });
}

/** Everything the engine is told of a site. Pure. */
export function containerSpec(settings: Settings, site: SiteWithPlan, mounted: MountedDisk): ContainerSpec {
  const own = DISK_MOUNTS.map((name) => ({ source: `${mounted.root}/${name}`, target: `/${name}`, readOnly: false }));
  const ours = { source: `${settings.paths.runtime}/container`, target: '/.lightkeeper', readOnly: true };
  return {
    siteId: site.id,
    generation: site.generation,
    hostname: site.name,
    limits: containerLimits(limitsOf(site)),
    mounts: [...own, ours],
    command: ['/.lightkeeper/init'],
    env: { LANG: 'C.UTF-8', NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt' },
  };
}
