// Disks as btrfs subvolumes under simple quotas: accounting costs the same however many sites and snapshots there are,
// a limit changes live, a snapshot is instant. Space that a snapshot still holds stays charged to its site. The pool is
// never balanced: relocation charges what it moves to other sites (seen on kernel 6.18).

import { mkdir, readdir, rename, rmdir, statfs } from 'node:fs/promises';
import { AppError, invariant } from '../errors/app-error.ts';
import type { Disk, DiskLimits, DiskUsage } from './disk.ts';
import { heldExtents } from './extent-search.ts';
import { BTRFS_MAGIC } from './full-pool.ts';
import { createInodeCounter } from './inode-counter.ts';
import {
  type DiskDeps,
  ignoring,
  isThere,
  layOut,
  layOutPool,
  mountedSites,
  mountRoot,
  unmountRoot,
} from './layout.ts';
import { mountsAt } from './mount-table.ts';
import { isSiteId, type SitePaths, sitePaths, snapshotPath } from './paths.ts';
import {
  dropQgroups,
  joinQgroup,
  leftQgroups,
  limitPool,
  limitQgroup,
  makeQgroup,
  qgroupOf,
  readQgroups,
  retireQgroup,
} from './qgroups.ts';
import { run } from './run.ts';
import { deleteSubvolume, subvolumeId } from './subvolumes.ts';

const EDQUOT = 122;

/** What overlayfs needs to make its work directory, with a wide margin. */
const MOUNT_ROOM_BYTES = 16 << 20;
const SYNC_INTERVAL_MS = 5_000;
const COPY_TIMEOUT_MS = 30 * 60_000;

/** `poolDir` is a mounted btrfs with simple quotas on and the limit of all sites set. */
export function createBtrfsDisk(deps: DiskDeps): Disk {
  const { poolDir } = deps;
  const syncSoon = backgroundSync(deps);
  const inodes = createInodeCounter(deps.log);

  async function create(siteId: string, limits: DiskLimits): Promise<void> {
    const paths = await settled(siteId);
    if (await isThere(paths.disk)) return setLimit(siteId, limits);
    await makeQgroup(poolDir, qgroupOf(siteId), limits.diskBytesMax);
    await deleteSubvolume(poolDir, paths.staging);
    await run('btrfs', ['subvolume', 'create', '-i', qgroupOf(siteId), paths.staging]);
    await layOut(deps, paths.staging).catch(explainFullPool);
    await rename(paths.staging, paths.disk);
  }

  /** The one place that decides what a disk's limit is. What was freed since the last call is not to be filled again. */
  async function setLimit(siteId: string, { diskBytesMax, held }: DiskLimits): Promise<void> {
    const bytesMax = held ? Math.min(diskBytesMax, await bytesOf(siteId)) : diskBytesMax;
    await limitQgroup(poolDir, qgroupOf(siteId), bytesMax);
  }

  async function bytesOf(siteId: string): Promise<number> {
    const group = (await readQgroups(poolDir)).find(({ id }) => id === qgroupOf(siteId));
    invariant(group, `the disk of ${siteId} has no group`);
    return group.bytes;
  }

  async function destroy(siteId: string): Promise<void> {
    const paths = await settled(siteId);
    await unmountRoot(paths);
    await retireQgroup(poolDir, qgroupOf(siteId));
    for (const name of await names(paths.snapshots)) await deleteSubvolume(poolDir, `${paths.snapshots}/${name}`);
    await rmdir(paths.snapshots).catch(ignoring('ENOENT'));
    await deleteSubvolume(poolDir, paths.staging);
    await deleteSubvolume(poolDir, paths.disk);
    syncSoon(); // The space comes back with the next commit, not half a minute later.
  }

  async function restore(siteId: string, name: string): Promise<void> {
    const paths = await settled(siteId);
    const snapshot = snapshotPath(paths, name);
    invariant(await isThere(paths.disk), `the site ${siteId} has no disk to restore`);
    invariant((await mountsAt(paths.root)).length === 0, `the disk of ${siteId} is mounted and cannot be restored`);
    await run('btrfs', ['subvolume', 'snapshot', snapshot, paths.restored]);
    await takeRestored(siteId, paths);
  }

  /** What the old disk wrote and the snapshot still holds stays charged to the site's group, through the old member. */
  async function takeRestored(siteId: string, paths: SitePaths): Promise<void> {
    await joinQgroup(poolDir, await subvolumeId(paths.restored), qgroupOf(siteId));
    await rename(paths.disk, paths.trash).catch(ignoring('ENOENT'));
    await rename(paths.restored, paths.disk);
    await deleteSubvolume(poolDir, paths.trash);
  }

  /** A full copy: shared extents would be charged to the old site and outlive it. */
  async function clone(siteId: string, newSiteId: string, limits: DiskLimits, snapshot?: string): Promise<void> {
    const from = snapshot ? snapshotPath(sitePaths(deps, siteId), snapshot) : (await settled(siteId)).disk;
    const to = await settled(newSiteId);
    if (await isThere(to.disk)) return setLimit(newSiteId, limits);
    await makeQgroup(poolDir, qgroupOf(newSiteId), limits.diskBytesMax);
    await deleteSubvolume(poolDir, to.staging);
    await run('btrfs', ['subvolume', 'snapshot', '-r', from, to.source]);
    await run('btrfs', ['subvolume', 'create', '-i', qgroupOf(newSiteId), to.staging]);
    const copy = ['--archive', '--reflink=never', '--', `${to.source}/.`, to.staging];
    await run('cp', copy, { timeoutMs: COPY_TIMEOUT_MS });
    await layOut(deps, to.staging);
    await rename(to.staging, to.disk);
    await deleteSubvolume(poolDir, to.source);
  }

  async function heldBySnapshots(siteId: string) {
    const paths = sitePaths(deps, siteId);
    const kept = await names(paths.snapshots);
    if (kept.length === 0) return { bytes: 0, each: new Map<string, number>() };
    const held = await heldExtents(
      paths.disk,
      kept.map((name) => snapshotPath(paths, name)),
    );
    return held && { bytes: held.bytes, each: new Map(kept.map((name, index) => [name, held.each[index] ?? 0])) };
  }

  /** The site's paths, after finishing or removing what a killed call left. */
  async function settled(siteId: string): Promise<SitePaths> {
    await requirePool(deps);
    const paths = sitePaths(deps, siteId);
    await deleteSubvolume(poolDir, paths.source);
    if (await isThere(paths.restored)) {
      if (await isThere(paths.disk)) await deleteSubvolume(poolDir, paths.restored);
      else await takeRestored(siteId, paths);
    }
    await deleteSubvolume(poolDir, paths.trash);
    return paths;
  }

  async function usageOfAll(): Promise<Map<string, DiskUsage>> {
    await requirePool(deps);
    syncSoon();
    const groups = await readQgroups(poolDir);
    await dropQgroups(poolDir, leftQgroups(groups));
    const bytes = new Map(groups.map((group) => [group.id, group.bytes]));
    const sites = await finished();
    const counts = await inodes.counts(new Map(sites.map((siteId) => [siteId, sitePaths(deps, siteId).disk])));
    const usageOf = (siteId: string) => ({
      bytes: bytes.get(qgroupOf(siteId)) ?? 0,
      inodes: counts.get(siteId) ?? null,
    });
    return new Map(sites.map((siteId) => [siteId, usageOf(siteId)]));
  }

  async function limits(): Promise<Map<string, number | null>> {
    const bytesMax = new Map((await readQgroups(poolDir)).map((group) => [group.id, group.bytesMax]));
    const sites = await finished();
    return new Map(sites.map((siteId) => [siteId, bytesMax.get(qgroupOf(siteId)) ?? null]));
  }

  async function list(): Promise<string[]> {
    await requirePool(deps);
    const inWork = (await names(`${poolDir}/staging`)).map((name) => name.replace(/\..*$/, ''));
    const all = [...(await finished()), ...inWork, ...(await names(`${poolDir}/snapshots`))];
    return [...new Set(all)].filter(isSiteId);
  }

  async function finished(): Promise<string[]> {
    await requirePool(deps);
    return (await names(`${poolDir}/sites`)).filter(isSiteId);
  }

  /** Lifts the limit for the length of one mount; a full disk cannot be mounted otherwise. */
  async function withRoom(siteId: string, mount: () => Promise<void>): Promise<void> {
    await run('btrfs', ['filesystem', 'sync', poolDir], { timeoutMs: 120_000 });
    const id = qgroupOf(siteId);
    const group = (await readQgroups(poolDir)).find((one) => one.id === id);
    invariant(group?.bytesMax != null, `the disk of ${siteId} has no limit`);
    const { bytes, bytesMax } = group;
    await limitPool(poolDir, MOUNT_ROOM_BYTES);
    await limitQgroup(poolDir, id, Math.max(bytes, bytesMax) + MOUNT_ROOM_BYTES);
    await mount()
      .finally(() => limitQgroup(poolDir, id, bytesMax))
      .finally(() => limitPool(poolDir));
  }

  return {
    kind: 'btrfs',
    create,
    mounted: () => mountedSites(deps),
    destroy,
    restore,
    clone,
    heldBySnapshots,
    usageOfAll,
    limits,
    list,
    mount: async (siteId) => {
      const paths = await settled(siteId);
      invariant(await isThere(paths.disk), `the site ${siteId} has no disk to mount`);
      return mountRoot(deps, paths, (mount) => withRoom(siteId, mount));
    },
    unmount: async (siteId) => unmountRoot(sitePaths(deps, siteId)),
    resize: async (siteId, limits) => {
      const paths = await settled(siteId);
      invariant(await isThere(paths.disk), `the site ${siteId} has no disk to resize`);
      await setLimit(siteId, limits);
    },
    usage: async (siteId) => (await usageOfAll()).get(siteId) ?? null,
    snapshot: async (siteId, name) => {
      const paths = await settled(siteId);
      const snapshot = snapshotPath(paths, name);
      await mkdir(paths.snapshots, { mode: 0o700 }).catch(ignoring('EEXIST'));
      if (!(await isThere(snapshot))) await run('btrfs', ['subvolume', 'snapshot', '-r', paths.disk, snapshot]);
    },
    snapshots: async (siteId) => names(sitePaths(deps, siteId).snapshots),
    dropSnapshot: async (siteId, name) => {
      await deleteSubvolume(poolDir, snapshotPath(sitePaths(deps, siteId), name));
      syncSoon();
    },
    pool: async () => {
      await requirePool(deps);
      syncSoon();
      const { bsize, blocks, bavail } = await statfs(poolDir);
      return { bytes: bsize * blocks, bytesFree: bsize * bavail };
    },
  };
}

/** A new disk has room; so what is full is what all sites may take together. Node has no name for EDQUOT. */
function explainFullPool(error: NodeJS.ErrnoException): never {
  if (error.errno !== -EDQUOT && error.code !== 'ENOSPC') throw error;
  throw new AppError('host-full', {
    message: 'The disk space for all sites together is used up.',
    hint: 'Try again later, or ask the operator to set LIGHTKEEPER_POOL_SIZE higher.',
    cause: error,
  });
}

/** An unmounted pool must not look like one without sites. */
async function requirePool(deps: DiskDeps): Promise<void> {
  invariant((await statfs(deps.poolDir)).type === BTRFS_MAGIC, `the pool is not mounted at ${deps.poolDir}`);
  await layOutPool(deps);
}

/**
 * The figures know what has reached the disk; written data may wait in memory for half a minute. Waiting for it here
 * would let one busy site delay everybody's limits, so it is hurried along behind, and the next reading has it.
 */
function backgroundSync({ poolDir, log }: DiskDeps): () => void {
  let notBefore = 0;
  return () => {
    if (Date.now() < notBefore) return;
    notBefore = Number.POSITIVE_INFINITY;
    run('btrfs', ['filesystem', 'sync', poolDir], { timeoutMs: 120_000 })
      .catch((error) => log.warn({ error }, 'the pool could not be synced'))
      .finally(() => {
        notBefore = Date.now() + SYNC_INTERVAL_MS;
      });
  };
}

async function names(directory: string): Promise<string[]> {
  return readdir(directory).catch((error) => ignoring('ENOENT')(error) ?? []);
}
