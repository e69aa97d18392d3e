// Disks as ext4 images, one file a site, for kernels without btrfs's simple quotas. The limit is the file's size and the
// number of inodes, so it is as hard; a snapshot is a copy, and a smaller size needs the disk unmounted. The images are
// sparse: what they promise together must fit the filesystem below, because that one full is an I/O error inside.

import { mkdir, readdir, rename, rm, rmdir, stat, statfs, writeFile } from 'node:fs/promises';
import { AppError, invariant } from '../errors/app-error.ts';
import type { Disk, DiskLimits, DiskUsage } from './disk.ts';
import {
  copyImage,
  copyMounted,
  growMounted,
  imageBytes,
  makeImage,
  mountedUsage,
  mountImage,
  replaceImage,
  restingUsage,
  thaw,
  tooSmall,
  wholeBlocks,
} from './ext4-image.ts';
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
import { mountsAt, readMounts, unmountAll } from './mount-table.ts';
import { isSiteId, type SitePaths, sitePaths, snapshotPath } from './paths.ts';
import { run } from './run.ts';

export interface Ext4Deps extends DiskDeps {
  /** How much of the filesystem below the images may take together; all of it if not given. */
  poolBytesMax?: number | null;
}

interface ImagePaths extends SitePaths {
  image: string;
}

/** `poolDir` is a directory that the set-up has prepared: it has `images`. */
export function createExt4Disk(deps: Ext4Deps): Disk {
  const imagesDir = `${deps.poolDir}/images`;

  async function create(siteId: string, limits: DiskLimits): Promise<void> {
    const paths = await settled(siteId);
    if (await isThere(paths.image)) await setSize(paths, limits);
    else await makeImage(paths.image, siteId, limits);
  }

  async function mount(siteId: string) {
    const paths = await settled(siteId);
    invariant(await isThere(paths.image), `the site ${siteId} has no disk to mount`);
    if (await isMounted(paths)) await thaw(paths.disk);
    else {
      await unmount(siteId);
      await mkdir(paths.disk, { mode: 0o700 });
      await mountImage(paths.image, paths.disk);
    }
    await layOut(deps, paths.disk);
    await ensureSpare(paths.disk);
    return mountRoot(deps, paths, async (again) => {
      await rm(`${paths.disk}/spare`, { force: true });
      await run('sync', ['--file-system', paths.disk]); // Freed blocks can be taken once that is written down.
      await again();
      await ensureSpare(paths.disk);
    });
  }

  async function unmount(siteId: string): Promise<void> {
    const paths = sitePaths(deps, siteId);
    await unmountRoot(paths);
    await unmountAll(paths.disk, { lazily: true });
    await rmdir(paths.disk).catch(ignoring('ENOENT', 'EBUSY'));
  }

  async function resize(siteId: string, limits: DiskLimits): Promise<void> {
    const paths = await settled(siteId);
    invariant(await isThere(paths.image), `the site ${siteId} has no disk to resize`);
    await setSize(paths, limits);
  }

  async function setSize(paths: ImagePaths, { diskBytesMax }: DiskLimits): Promise<void> {
    const wanted = wholeBlocks(diskBytesMax);
    const size = await imageBytes(paths.image);
    if (wanted === size) return;
    const mounted = await isMounted(paths);
    if (mounted && wanted > size && (await growMounted(paths.image, paths.disk, wanted))) return;
    const { bytes } = mounted ? await mountedUsage(paths.disk, paths.image) : await restingUsage(paths.image);
    if (wanted < bytes) throw tooSmall(wanted);
    if (mounted) throw mustStop();
    await replaceImage(paths.image, paths.image, wanted);
  }

  async function copy(paths: ImagePaths, target: string): Promise<void> {
    if (await isMounted(paths)) await copyMounted(paths.image, paths.disk, target);
    else await copyImage(paths.image, target);
  }

  async function snapshot(siteId: string, name: string): Promise<void> {
    const paths = await settled(siteId);
    const kept = `${snapshotPath(paths, name)}.img`;
    if (await isThere(kept)) return;
    await mkdir(paths.snapshots, { mode: 0o700 }).catch(ignoring('EEXIST'));
    await copy(paths, `${kept}.new`);
    await rename(`${kept}.new`, kept);
  }

  async function restore(siteId: string, name: string): Promise<void> {
    const paths = await settled(siteId);
    const kept = `${snapshotPath(paths, name)}.img`;
    invariant((await mountsAt(paths.root)).length === 0, `the disk of ${siteId} is mounted and cannot be restored`);
    await unmount(siteId);
    await replaceImage(kept, paths.image, await imageBytes(paths.image));
  }

  async function clone(siteId: string, newSiteId: string, limits: DiskLimits, snapshot?: string): Promise<void> {
    const to = await settled(newSiteId);
    if (await isThere(to.image)) return setSize(to, limits);
    if (snapshot) await copyImage(`${snapshotPath(imagePaths(siteId), snapshot)}.img`, to.source);
    else await copy(await settled(siteId), to.source);
    await run('e2fsck', ['-f', '-p', to.source], { allow: [1], timeoutMs: 300_000 });
    await run('tune2fs', ['-U', newSiteId, to.source]);
    await replaceImage(to.source, to.image, limits.diskBytesMax);
    await rm(to.source);
  }

  async function heldBySnapshots(siteId: string) {
    const { snapshots } = imagePaths(siteId);
    const kept = (await namesIn(snapshots)).filter((name) => name.endsWith('.img'));
    const sizes = kept.map((name) => stat(`${snapshots}/${name}`).then(({ blocks }) => blocks * 512));
    const each = new Map((await Promise.all(sizes)).map((bytes, index) => [kept[index]?.slice(0, -4) ?? '', bytes]));
    return { bytes: [...each.values()].reduce((sum, bytes) => sum + bytes, 0), each };
  }

  async function destroy(siteId: string): Promise<void> {
    const paths = await settled(siteId);
    await unmount(siteId);
    await rm(paths.snapshots, { recursive: true, force: true });
    await rm(paths.image, { force: true });
  }

  async function usageOfAll(): Promise<Map<string, DiskUsage>> {
    const mounted = new Set((await readMounts()).map(({ mountPoint }) => mountPoint));
    const usages = (await finished()).map(async (siteId) => [siteId, await usageOf(siteId, mounted)] as const);
    const present = (await Promise.all(usages)).flatMap(([siteId, usage]) => (usage ? [[siteId, usage] as const] : []));
    return new Map(present);
  }

  /** Null when the image went away meanwhile. */
  async function usageOf(siteId: string, mounted: ReadonlySet<string>): Promise<DiskUsage | null> {
    const paths = imagePaths(siteId);
    if (!(await isThere(paths.image))) return null;
    return mounted.has(paths.disk) ? mountedUsage(paths.disk, paths.image) : restingUsage(paths.image);
  }

  /** An absent directory must not look like a pool without sites. */
  async function list(): Promise<string[]> {
    const names = [
      ...(await readdir(imagesDir)),
      ...(await namesIn(`${deps.poolDir}/staging`)),
      ...(await namesIn(`${deps.poolDir}/snapshots`)),
    ];
    return [...new Set(names.map((name) => name.replace(/\..*$/, '')))].filter(isSiteId);
  }

  async function finished(): Promise<string[]> {
    const names = await readdir(imagesDir);
    return names.flatMap((name) => (name.endsWith('.img') && isSiteId(name.slice(0, -4)) ? [name.slice(0, -4)] : []));
  }

  async function pool(): Promise<{ bytes: number; bytesFree: number }> {
    const { bsize, bavail } = await statfs(imagesDir);
    const images = (await finished()).map((siteId) =>
      stat(imagePaths(siteId).image).then(({ blocks }) => blocks * 512),
    );
    const taken = (await Promise.all(images)).reduce((sum, bytes) => sum + bytes, 0);
    const bytes = Math.min(taken + bsize * bavail, deps.poolBytesMax ?? Number.POSITIVE_INFINITY);
    return { bytes, bytesFree: Math.max(0, Math.min(bytes - taken, bsize * bavail)) };
  }

  function imagePaths(siteId: string): ImagePaths {
    return { ...sitePaths(deps, siteId), image: `${imagesDir}/${siteId}.img` };
  }

  /** The site's paths, after removing what a killed call left. */
  async function settled(siteId: string): Promise<ImagePaths> {
    const paths = imagePaths(siteId);
    await requirePool(deps, imagesDir);
    await rm(`${paths.image}.new`, { force: true });
    await rm(paths.source, { force: true });
    for (const name of await namesIn(paths.snapshots)) {
      if (name.endsWith('.new')) await rm(`${paths.snapshots}/${name}`, { force: true });
    }
    return paths;
  }

  return {
    kind: 'ext4',
    create,
    mount,
    mounted: () => mountedSites(deps),
    unmount,
    resize,
    usageOfAll,
    limits: async () => new Map(),
    list,
    destroy,
    snapshot,
    restore,
    clone,
    heldBySnapshots,
    pool,
    usage: async (siteId) => usageOf(siteId, new Set((await readMounts()).map(({ mountPoint }) => mountPoint))),
    snapshots: async (siteId) =>
      (await namesIn(sitePaths(deps, siteId).snapshots)).flatMap((name) =>
        name.endsWith('.img') ? [name.slice(0, -4)] : [],
      ),
    dropSnapshot: async (siteId, name) => rm(`${snapshotPath(sitePaths(deps, siteId), name)}.img`, { force: true }),
  };
}

const SPARE_BYTES = [256, 128, 64, 32].map((kilobytes) => kilobytes << 10);

/** Space that only a mount of the full disk may have: a file beside the tenant's, as large as there is room for. */
async function ensureSpare(disk: string): Promise<void> {
  const spare = `${disk}/spare`;
  if (await isThere(spare)) return;
  for (const bytes of SPARE_BYTES) {
    const isWritten = await writeFile(spare, Buffer.alloc(bytes)).then(() => true, ignoring('ENOSPC'));
    if (isWritten) return;
    await rm(spare, { force: true });
  }
}

/** The set-up makes `images`; where it is absent, something else is mounted here, or nothing. */
async function requirePool(deps: DiskDeps, imagesDir: string): Promise<void> {
  invariant(await isThere(imagesDir), `there is no pool of images at ${deps.poolDir}`);
  await layOutPool(deps);
}

async function isMounted({ disk }: SitePaths): Promise<boolean> {
  const mounts = await mountsAt(disk);
  return mounts.length === 1 && mounts[0]?.fsType === 'ext4' && !mounts[0].options.includes('ro');
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch((error) => ignoring('ENOENT')(error) ?? []);
}

function mustStop(): AppError {
  return new AppError('site-not-ready', {
    message: 'The size of this disk can be changed only while its site is stopped.',
    hint: 'Stop the site, change the size, then start it again.',
  });
}
