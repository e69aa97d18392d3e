// What a site's disk has inside, the same for both kinds: the overlay's upper and work directories, the repository, and
// the name of the base that it was made on. And the mount of base and disk as one root filesystem.

import { chmod, chown, lstat, mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { invariant } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import type { MountedDisk } from './disk.ts';
import { mountsAt, readMounts, unmountAll } from './mount-table.ts';
import { type DiskPlaces, isMountableDirectory, type SitePaths } from './paths.ts';
import { run } from './run.ts';

export interface DiskDeps extends DiskPlaces {
  /** The base of new disks. A disk keeps the one it was made on, as long as that is there beside this. */
  baseDir: string;
  /** What user 0 of a container is on the host. */
  rootUid: number;
  gitUser: { uid: number; gid: number };
  log: Log;
}

/** Fills a disk's top directory. Safe to repeat: what is there stays, with nothing written. */
export async function layOut(deps: DiskDeps, top: string): Promise<void> {
  await ensureDirectory(`${top}/work`, { uid: 0, gid: 0, mode: 0o700 });
  await ensureDirectory(`${top}/upper`, { uid: deps.rootUid, gid: deps.rootUid, mode: 0o755 });
  await ensureDirectory(`${top}/git`, { ...deps.gitUser, mode: 0o700 });
  if (!(await isThere(`${top}/base`))) await writeFile(`${top}/base`, path.basename(deps.baseDir));
  const { mode, gid } = await lstat(top);
  if ((mode & 0o7777) === 0o750 && gid === deps.gitUser.gid) return;
  await chown(top, 0, deps.gitUser.gid);
  await chmod(top, 0o750);
}

interface Ownership {
  uid: number;
  gid: number;
  mode: number;
}

/** Only under a directory that root alone writes to: `directory` itself is never the tenant's to replace. */
async function ensureDirectory(directory: string, { uid, gid, mode }: Ownership): Promise<void> {
  await mkdir(directory, { mode }).catch(ignoring('EEXIST'));
  const is = await lstat(directory);
  invariant(is.isDirectory(), `${directory} is no directory`);
  if (is.uid !== uid || is.gid !== gid) await chown(directory, uid, gid);
  if ((is.mode & 0o7777) !== mode) await chmod(directory, mode);
}

/**
 * Mounts base and disk together, or keeps the mount that is right. A full disk cannot be mounted writable, because
 * overlayfs makes a directory in it first: then `makeRoom` is asked to run the mount with some space above the limit.
 */
export async function mountRoot(
  deps: DiskDeps,
  paths: SitePaths,
  makeRoom: (mount: () => Promise<void>) => Promise<void>,
): Promise<MountedDisk> {
  const answer = { root: paths.root, repository: `${paths.disk}/git` };
  const options = await overlayOptions(deps, paths);
  if (await isMountedRight(paths.root, options)) return answer;
  const mount = async () => {
    await unmountAll(paths.root, { lazily: true });
    await mkdir(paths.root, { mode: 0o711 }).catch(ignoring('EEXIST'));
    await run('mount', ['-t', 'overlay', '-o', ['nodev', ...options].join(','), 'overlay', paths.root]);
  };
  await mount();
  if (!(await isMountedRight(paths.root, options))) await makeRoom(mount);
  invariant(await isMountedRight(paths.root, options), `${paths.root} was not mounted writable`);
  return answer;
}

/** Takes the root filesystem away; what still uses it keeps it until it ends. Nothing mounted is no error. */
export async function unmountRoot(paths: SitePaths): Promise<void> {
  await unmountAll(paths.root, { lazily: true });
  await rmdir(paths.root).catch(ignoring('ENOENT', 'EBUSY'));
}

/** See `Disk.mounted`. */
export async function mountedSites({ mountsDir }: DiskPlaces): Promise<Set<string>> {
  const places = (await readMounts()).map(({ mountPoint }) => mountPoint);
  return new Set(places.filter((place) => path.dirname(place) === mountsDir).map((place) => path.basename(place)));
}

async function overlayOptions(deps: DiskDeps, paths: SitePaths): Promise<string[]> {
  const lower = await findBase(deps, paths);
  for (const directory of [lower, paths.disk, paths.root]) {
    invariant(isMountableDirectory(directory), `${directory} has characters that a mount cannot take`);
  }
  // Plain behaviour whatever the kernel's build defaults are. Set-user-id works in the container: sudo needs it.
  const plain = ['index=off', 'metacopy=off', 'redirect_dir=off'];
  return [`lowerdir=${lower}`, `upperdir=${paths.disk}/upper`, `workdir=${paths.disk}/work`, ...plain];
}

/** What a tenant installed fits the base it was installed on, so a newer base is for new disks only. */
async function findBase(deps: DiskDeps, paths: SitePaths): Promise<string> {
  const name = (await readFile(`${paths.disk}/base`, 'utf8')).trim();
  invariant(/^[\w-][\w.-]*$/.test(name), `${paths.disk}/base names ${JSON.stringify(name)}`);
  const own = path.join(path.dirname(deps.baseDir), name);
  if (await isThere(own)) return own;
  deps.log.warn({ disk: paths.disk, base: name, instead: deps.baseDir }, 'the base of this disk is gone');
  return deps.baseDir;
}

async function isMountedRight(root: string, options: string[]): Promise<boolean> {
  const [mount, ...more] = await mountsAt(root);
  if (!mount || more.length > 0 || mount.fsType !== 'overlay' || mount.options.includes('ro')) return false;
  return options
    .filter((option) => /^(lower|upper|work)dir=/.test(option))
    .every((option) => mount.options.includes(option));
}

/** What a pool has of either kind. The git user passes through `sites` to the repositories. */
export async function layOutPool({ poolDir }: DiskPlaces): Promise<void> {
  for (const name of ['snapshots', 'staging'])
    await ensureDirectory(`${poolDir}/${name}`, { uid: 0, gid: 0, mode: 0o700 });
  await ensureDirectory(`${poolDir}/sites`, { uid: 0, gid: 0, mode: 0o711 });
}

export async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    (error) => ignoring('ENOENT')(error) ?? false,
  );
}

/** For calls that may find their work done already. */
export function ignoring(...codes: string[]): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error;
    return undefined;
  };
}
