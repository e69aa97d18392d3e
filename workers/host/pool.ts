// The filesystem that holds all sites' disks: a sparse btrfs file of ours, a btrfs of the operator's, or, where the kernel
// has no simple quotas, a directory of ext4 images. The kind is chosen once: sites that exist decide it afterwards.

import { lstat, mkdir, readFile, stat, statfs, writeFile } from 'node:fs/promises';
import { readMounts, unmountAll } from '#lib/disk/mount-table.ts';
import { limitPool } from '#lib/disk/qgroups.ts';
import { DiskCommandError } from '#lib/disk/run.ts';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { ensureMetadataRoom } from './metadata-room.ts';
import {
  detachPoolFile,
  ensureQuotas,
  growPool,
  isPoolMounted,
  makePoolFile,
  mountPool,
  PoolUnsupported,
  poolFile,
  quotasHold,
} from './pool-btrfs.ts';
import { mayHaveSimpleQuotas, planPool } from './pool-plan.ts';

export interface PoolState {
  kind: 'btrfs' | 'ext4';
  mounted: boolean;
  /** The kernel refuses every write over a site's limit. */
  hard: boolean;
  bytes: number;
  bytesFree: number;
  /** What the pool may still take of the disk below and that is not free there: more than 0 ends in lost writes. */
  bytesUncovered: number;
  /** One sentence for people: which kind is in force, and why. */
  reason: string;
}

type Progress = (line: string) => void;

/** Makes, mounts, checks and grows the pool. Safe to repeat. Throws `setup-failed`. */
export async function ensurePool(settings: Settings, progress: Progress): Promise<PoolState> {
  const { pool, mounts } = settings.paths;
  await mkdir(mounts, { recursive: true, mode: 0o711 });
  await mkdir(pool, { recursive: true, mode: 0o711 });
  try {
    if ((await chooseKind(settings)) === 'ext4') await ensureImages(settings, await whyImages(settings));
    else if (settings.poolDir) await ensureOwnBtrfs(settings.poolDir);
    else await ensurePoolFile(settings, progress);
    if (!(await isThere(`${pool}/images`))) {
      await limitPool(pool);
      await ensureMetadataRoom(pool);
    }
  } catch (error) {
    throw error instanceof DiskCommandError || error instanceof PoolUnsupported ? failed(error) : error;
  }
  const state = await poolState(settings);
  if (!state) throw new Error('the pool was made and is not there');
  return state;
}

/** The pool as it is now, or null when none has been made. Changes nothing. */
export async function poolState(settings: Settings): Promise<PoolState | null> {
  const { pool } = settings.paths;
  if (await isThere(`${pool}/images`)) {
    const { bsize, blocks, bavail } = await statfs(pool);
    const space = { bytes: bsize * blocks, bytesFree: bsize * bavail, bytesUncovered: 0 };
    return { kind: 'ext4', mounted: true, hard: true, ...space, reason: await whyImages(settings) };
  }
  const file = settings.poolDir ? null : await stat(poolFile(settings)).catch(() => null);
  if (!file && !settings.poolDir) return null;
  const mounted = await isPoolMounted(settings);
  const below = await statfs(settings.dataDir);
  const uncovered = file ? file.size - file.blocks * 512 - below.bsize * below.bavail : 0;
  const own = mounted ? await statfs(pool) : null;
  const hard = mounted && (await quotasHold(pool));
  return {
    kind: 'btrfs',
    mounted,
    hard,
    bytes: own ? own.bsize * own.blocks : (file?.size ?? 0),
    bytesFree: own ? own.bsize * own.bavail : 0,
    bytesUncovered: Math.max(0, uncovered),
    reason: hard
      ? 'Each site has a btrfs subvolume under simple quotas: the kernel holds every limit.'
      : mounted
        ? 'The pool is mounted, but its simple quotas are not in force: no limit holds. Run `npm run up`.'
        : 'The pool is not mounted. Run `npm run up`.',
  };
}

/** Unmounts all disks and the pool; a filesystem of the operator's own stays. Throws `setup-failed` while one is in use. */
export async function unmountPool(settings: Settings): Promise<void> {
  const { pool, mounts } = settings.paths;
  const all = (await readMounts()).map(({ mountPoint }) => mountPoint);
  const inside = [`${mounts}/`, `${pool}/`].flatMap((prefix) => all.filter((place) => place.startsWith(prefix)));
  try {
    for (const place of [...new Set(inside)]) await unmountAll(place, { lazily: false });
    if (settings.poolDir) return;
    await unmountAll(pool, { lazily: false });
    await detachPoolFile(settings);
  } catch (error) {
    if (!(error instanceof DiskCommandError)) throw error;
    throw new AppError('setup-failed', {
      message: `A disk is still in use: ${error.message}`,
      hint: `\`fuser --verbose --mount ${pool}\` names the processes; end them and run the same command again.`,
      cause: error,
    });
  }
}

async function chooseKind(settings: Settings): Promise<PoolState['kind']> {
  const { pool } = settings.paths;
  const present = (await isThere(poolFile(settings))) ? 'btrfs' : (await isThere(`${pool}/images`)) ? 'ext4' : null;
  if (present && settings.disk !== 'auto' && settings.disk !== present) {
    throw new AppError('setup-failed', {
      message: `LIGHTKEEPER_DISK is ${settings.disk}, but the sites of ${settings.dataDir} are on disks of kind ${present}.`,
      hint: `Unset LIGHTKEEPER_DISK, or choose another LIGHTKEEPER_DATA_DIR.`,
    });
  }
  if (present) return present;
  if (settings.disk !== 'auto') return settings.disk;
  return settings.poolDir || (await kernelMayDoIt()) ? 'btrfs' : 'ext4';
}

async function ensurePoolFile(settings: Settings, progress: Progress): Promise<void> {
  const file = await stat(poolFile(settings)).catch(() => null);
  const { bsize, bavail } = await statfs(settings.dataDir);
  const bytes = planPool(settings, {
    bytesFree: bsize * bavail,
    file: file && { bytes: file.size, bytesAllocated: file.blocks * 512 },
  });
  try {
    if (!file) await makePoolFile(settings, bytes, progress);
  } catch (error) {
    if (!(error instanceof PoolUnsupported) || settings.disk === 'btrfs') throw error;
    return ensureImages(
      settings,
      `${error.message} So each site has an ext4 image of its own, as hard but slower to copy.`,
    );
  }
  await mountPool(settings);
  await ensureQuotas(settings.paths.pool);
  await growPool(settings, bytes);
}

async function ensureOwnBtrfs(poolDir: string): Promise<void> {
  const found = (await readMounts()).findLast(({ mountPoint }) => mountPoint === poolDir);
  if (found?.fsType !== 'btrfs') {
    throw new AppError('setup-failed', {
      message: `LIGHTKEEPER_POOL_DIR=${poolDir} is ${found ? `a mounted ${found.fsType}` : 'no mount point'}, not a mounted btrfs.`,
      hint: 'Mount a btrfs filesystem there, or unset LIGHTKEEPER_POOL_DIR to have a pool file made.',
    });
  }
  await ensureQuotas(poolDir);
}

/** Two files beside each other: the images' directory marks the kind, the other says why. */
async function ensureImages({ paths }: Settings, why: string): Promise<void> {
  await writeFile(`${paths.pool}/why-images`, `${why}\n`);
  await mkdir(`${paths.pool}/images`, { recursive: true, mode: 0o700 });
}

async function whyImages(settings: Settings): Promise<string> {
  const written = await readFile(`${settings.paths.pool}/why-images`, 'utf8').catch(() => '');
  if (written) return written.trim();
  const cause =
    settings.disk === 'ext4' ? 'LIGHTKEEPER_DISK is ext4.' : 'This kernel is older than 6.7 and has no simple quotas.';
  return `${cause} So each site has an ext4 image of its own, as hard but slower to copy.`;
}

async function kernelMayDoIt(): Promise<boolean> {
  return mayHaveSimpleQuotas(await readFile('/proc/sys/kernel/osrelease', 'utf8'));
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

function failed(error: Error): AppError {
  return new AppError('setup-failed', {
    message: `The pool for the disks could not be set up: ${error.message}`,
    hint:
      error instanceof PoolUnsupported
        ? 'Correct that, or set LIGHTKEEPER_DISK=ext4 to give each site an image of its own.'
        : 'Check that this is a root user who may use loop devices, or name a mounted btrfs with LIGHTKEEPER_POOL_DIR.',
    cause: error,
  });
}
