// The pool file: one btrfs in a sparse file, loop-mounted. Freed space goes back to the host in the background
// (discard=async), and the file is read past the page cache, which has the content once already.

import { rename, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { mountsAt, unmountAll } from '#lib/disk/mount-table.ts';
import { DiskCommandError, run } from '#lib/disk/run.ts';
import { enableSimpleQuotas, quotaState } from '#lib/disk/simple-quotas.ts';
import type { Settings } from '#lib/env.ts';

const MOUNT_OPTIONS = 'loop,nosuid,nodev,noatime,discard=async';

/** This machine cannot hold limits with btrfs; the message is a sentence for people. */
export class PoolUnsupported extends Error {}

export function poolFile({ dataDir }: Settings): string {
  return `${dataDir}/pool.btrfs`;
}

/** Makes the file with quotas on. It has its name once it is whole. Throws PoolUnsupported and leaves nothing. */
export async function makePoolFile(settings: Settings, bytes: number, progress: (line: string) => void): Promise<void> {
  const unfinished = `${poolFile(settings)}.new`;
  const { pool } = settings.paths;
  await unmountAll(pool, { lazily: false });
  await rm(unfinished, { force: true });
  await writeFile(unfinished, '', { mode: 0o600 });
  await truncate(unfinished, bytes);
  progress('making the btrfs filesystem');
  // One copy of metadata: two in one file would save nothing, and a site's metadata would take twice what it is charged.
  await run('mkfs.btrfs', ['--quiet', '--metadata', 'single', '--data', 'single', '--nodiscard', unfinished]);
  try {
    await run('mount', ['-t', 'btrfs', '-o', MOUNT_OPTIONS, '--', unfinished, pool]);
    await ensureQuotas(pool);
    await unmountAll(pool, { lazily: false });
  } catch (error) {
    await unmountAll(pool, { lazily: true });
    await rm(unfinished, { force: true });
    if (!(error instanceof DiskCommandError)) throw error;
    throw new PoolUnsupported(`This kernel refused btrfs with simple quotas (${error.stderr.trim()}).`, {
      cause: error,
    });
  }
  await rename(unfinished, poolFile(settings));
}

/** Mounts the file, or keeps the mount that is right. A loop device that a killed set-up left is used again. */
export async function mountPool(settings: Settings): Promise<void> {
  const { pool } = settings.paths;
  if (!(await isPoolMounted(settings))) {
    await unmountAll(pool, { lazily: false });
    await run('mount', ['-t', 'btrfs', '-o', MOUNT_OPTIONS, '--', poolFile(settings), pool]);
  }
  await run('losetup', ['--direct-io=on', await loopDevice(settings)], { allow: [1] }); // Not every filesystem can.
}

/** Whether it is our file, or with LIGHTKEEPER_POOL_DIR any btrfs, that is mounted at the pool's place. */
export async function isPoolMounted(settings: Settings): Promise<boolean> {
  const [mount, ...more] = await mountsAt(settings.paths.pool);
  if (mount?.fsType !== 'btrfs' || more.length > 0) return false;
  if (settings.poolDir) return true;
  return (await loopDevices(settings)).includes(mount.source);
}

/** Lets go of loop devices that a killed set-up left; unmounting frees its own. */
export async function detachPoolFile(settings: Settings): Promise<void> {
  for (const device of await loopDevices(settings)) await run('losetup', ['--detach', device], { allow: [1] });
}

async function loopDevices(settings: Settings): Promise<string[]> {
  const list = ['--noheadings', '--output', 'NAME', '--associated', poolFile(settings)];
  const { stdout } = await run('losetup', list, { allow: [1] });
  return stdout.split('\n').flatMap((line) => (line.trim() ? [line.trim()] : []));
}

async function loopDevice(settings: Settings): Promise<string> {
  return (await mountsAt(settings.paths.pool)).at(-1)?.source ?? '';
}

/** Grows file, device and filesystem to this size. Finishes a growth that was killed half-way; never shrinks. */
export async function growPool(settings: Settings, bytes: number): Promise<void> {
  const { pool } = settings.paths;
  if ((await stat(poolFile(settings))).size < bytes) await truncate(poolFile(settings), bytes);
  const { bsize, blocks } = await statfs(pool);
  if (bsize * blocks < bytes) {
    await run('losetup', ['--set-capacity', await loopDevice(settings)]);
    await run('btrfs', ['filesystem', 'resize', 'max', pool]);
  }
}

/** Throws PoolUnsupported where other quotas than the simple ones are on, or where they do not bind root. */
export async function ensureQuotas(pool: string): Promise<void> {
  const { mode } = await quotaState(pool);
  if (mode === 'qgroup') {
    throw new PoolUnsupported(
      `The btrfs at ${pool} has ordinary quotas on, whose limits may stop holding; \`btrfs quota disable ${pool}\` makes way for simple ones.`,
    );
  }
  await enableSimpleQuotas(pool);
  if (!(await quotasHold(pool))) {
    throw new PoolUnsupported(`The btrfs at ${pool} does not hold limits: see quota_override in /sys/fs/btrfs.`);
  }
}

export async function quotasHold(pool: string): Promise<boolean> {
  const { mode, overridden } = await quotaState(pool);
  return mode === 'squota' && !overridden;
}
