// How a worker reaches engine and disks of this machine, from the settings that set-up has filled in.

import type { Disk } from '#lib/disk/disk.ts';
import { openDisk } from '#lib/disk/open.ts';
import { createDockerEngine } from '#lib/engine/docker/engine.ts';
import type { Engine } from '#lib/engine/engine.ts';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';
import { firewallTable } from '#lib/network/elements.ts';
import type { Network } from '#lib/network/network.ts';
import { createNftNetwork } from '#lib/network/nft.ts';

export function openEngine(settings: Settings, log: Log): Engine {
  return createDockerEngine({
    instance: settings.instance,
    address: settings.dockerHost ?? `unix://${settings.paths.engineSocket}`,
    cgroupParent: cgroupParent(settings),
    log,
  });
}

export function openNetwork(settings: Settings): Network {
  return createNftNetwork(firewallTable(settings.instance));
}

/** Below each controller's root. */
export function cgroupParent(settings: Settings): string {
  return `/lightkeeper-${settings.instance}`;
}

/** Throws `setting-invalid` when set-up has not run. */
export function requireHost(settings: Settings): NonNullable<Settings['host']> {
  if (settings.host) return settings.host;
  throw new AppError('setting-invalid', {
    message: 'LIGHTKEEPER_BASE_DIR, LIGHTKEEPER_ROOT_UID and LIGHTKEEPER_GIT_IDS are not set.',
    hint: 'Start the workers with `npm run up`, which finds them out.',
  });
}

export function openDisks(settings: Settings, log: Log): Disk {
  const { baseDir, rootUid, gitUser } = requireHost(settings);
  const { pool: poolDir, mounts: mountsDir } = settings.paths;
  const deps = { poolDir, mountsDir, baseDir, rootUid, gitUser, log, poolBytesMax: settings.poolBytes };
  return openDisk(settings.disk === 'ext4' ? 'ext4' : 'btrfs', deps);
}
