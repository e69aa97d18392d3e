// A small pool of either kind on the real kernel, for tests: in a directory of its own, gone afterwards. What a killed
// run left is swept by the next.

import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Disk } from './disk.ts';
import { DISK_MOUNTS } from './disk.ts';
import type { Ext4Deps } from './ext4.ts';
import { readMounts, unmountAll } from './mount-table.ts';
import { openDisk } from './open.ts';
import { limitPool } from './qgroups.ts';
import { run } from './run.ts';
import { enableSimpleQuotas } from './simple-quotas.ts';

const POOL_BYTES = 2_047 << 20;
const PREFIX = 'lightkeeper-disk-';

export interface TestPool {
  disk: Disk;
  deps: Ext4Deps;
  /** A second view of the same pool, as another process has it. */
  reopen(): Disk;
  close(): Promise<void>;
}

export async function openTestPool(kind: Disk['kind']): Promise<TestPool> {
  await sweep();
  const directory = await mkdtemp(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  const [poolDir, mountsDir, baseDir] = ['pool', 'mounts', 'base'].map((name) => path.join(directory, name));
  if (!poolDir || !mountsDir || !baseDir) throw new Error('unreachable');
  for (const made of [poolDir, mountsDir, baseDir]) await mkdir(made);
  for (const name of DISK_MOUNTS) await mkdir(path.join(baseDir, name));
  await writeFile(path.join(baseDir, 'etc/motd'), 'base\n');
  if (kind === 'btrfs') await makePool(path.join(directory, 'pool.img'), poolDir);
  else await mkdir(path.join(poolDir, 'images'));
  const gitUser = { uid: 12_345, gid: 12_346 };
  const log = pino({ level: 'silent' });
  const deps = { poolDir, mountsDir, baseDir, rootUid: 100_000, gitUser, log, poolBytesMax: POOL_BYTES };
  const reopen = () => openDisk(kind, deps);
  return { disk: reopen(), deps, reopen, close: () => remove(directory) };
}

async function makePool(image: string, poolDir: string): Promise<void> {
  await writeFile(image, '');
  await truncate(image, POOL_BYTES);
  await run('mkfs.btrfs', ['-q', '-m', 'single', '-d', 'single', image]);
  await run('mount', ['-o', 'loop,nosuid,nodev,noatime,discard=async', image, poolDir]);
  await enableSimpleQuotas(poolDir);
  await limitPool(poolDir);
}

async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await remove(path.join(tmpdir(), name));
  }
}

async function remove(directory: string): Promise<void> {
  const inside = (await readMounts())
    .map(({ mountPoint }) => mountPoint)
    .filter((at) => at.startsWith(`${directory}/`));
  for (const mountPoint of new Set(inside.reverse())) await unmountAll(mountPoint, { lazily: true });
  await rm(directory, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // No such process.
  }
}
