// What is refused before anything is changed or started: settings that contradict each other, a port or network that
// somebody has, a disk that is too small, a directory that our users could not enter.

import { stat, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { requireFreeSubnet } from './engine.ts';
import { requireHome } from './home.ts';
import { mayHaveSimpleQuotas, planPool } from './pool-plan.ts';
import { requireDistinctPorts, requireFreePorts } from './ports.ts';

/** A socket's path has at most 107 bytes (unix(7)); the longest of ours below the data directory has 47. */
const DATA_DIR_BYTES_MAX = 60;

/** Checks the settings by themselves. Throws `setting-invalid`. */
export function checkSettings(settings: Settings): void {
  requireDistinctPorts(settings);
  const { dataDir } = settings;
  if (Buffer.byteLength(dataDir) <= DATA_DIR_BYTES_MAX && /^[\w./@+-]+$/.test(dataDir)) return;
  throw new AppError('setting-invalid', {
    message: `LIGHTKEEPER_DATA_DIR=${dataDir} cannot hold sockets and mounts: it must have at most ${DATA_DIR_BYTES_MAX} letters, digits and ./@+-_.`,
    hint: 'Choose a shorter, plainer directory, such as /var/lib/lightkeeper.',
  });
}

/** Checks the machine against the settings. Throws `setting-invalid` or `setup-failed`. */
export async function checkMachine(settings: Settings): Promise<void> {
  await requireHome(settings);
  await requireFreePorts(settings);
  if (!settings.dockerHost) await requireFreeSubnet(settings);
  await requireWay(settings);
  await requireRoom(settings);
}

/** The pool's size against the free disk, with the numbers. What holds sites already is the pool's own to judge. */
async function requireRoom(settings: Settings): Promise<void> {
  const isMade = settings.poolDir !== null || (await isThere(`${settings.paths.pool}/images`));
  if (isMade || settings.disk === 'ext4' || !mayHaveSimpleQuotas(os.release())) return; // Images, one a site.
  const file = await stat(`${settings.dataDir}/pool.btrfs`).catch(() => null);
  const { bsize, bavail } = await statfs(await nearest(settings.dataDir));
  planPool(settings, {
    bytesFree: bsize * bavail,
    file: file && { bytes: file.size, bytesAllocated: file.blocks * 512 },
  });
}

/** PostgreSQL, git, the web app and the sites run as users that must be able to pass every directory on the way. */
async function requireWay({ dataDir, cacheDir }: Settings): Promise<void> {
  for (const wanted of [dataDir, cacheDir]) {
    for (let place = path.dirname(wanted); place !== '/'; place = path.dirname(place)) {
      const found = await stat(place).catch(() => null);
      if (!found || (found.mode & 0o001) !== 0) continue;
      throw new AppError('setup-failed', {
        message: `${place} is closed to other users, so PostgreSQL and the sites could not reach ${wanted}.`,
        hint: `Open the way with chmod o+x ${place}, or choose another directory.`,
      });
    }
  }
}

async function nearest(place: string): Promise<string> {
  return (await isThere(place)) || place === '/' ? place : nearest(path.dirname(place));
}

async function isThere(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    () => false,
  );
}
