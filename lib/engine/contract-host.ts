// A dockerd of its own for the contract suite: started like the product's, in a temporary directory, and removed with
// everything it made, also when an earlier run was killed.

import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  statSync,
} from 'node:fs';
import { chown, mkdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSettings, type Settings } from '#lib/env.ts';
import { ensureRemapUser, prepareEngineHost, removeBridge } from '#workers/host/engine.ts';
import { HOST_PATH, runCommand } from '#workers/host/run-command.ts';
import { createLog } from '../log.ts';
import { createDockerEngine } from './docker/engine.ts';
import type { ContainerSpec, Engine } from './engine.ts';

const INSTANCE = 'ect';
const CGROUP = `lightkeeper-${INSTANCE}`;
const MOUNTS = ['usr', 'etc', 'var', 'root', 'home', 'opt', 'srv', 'app'];

export interface ContractHost {
  engine: Engine;
  /** The container's mounts on a fresh overlay over the base filesystem. */
  mountSite(siteId: string): Promise<ContainerSpec['mounts']>;
  /** One of the container's cgroup files, by its name under cgroup v1 (with controller) and v2. */
  readCgroup(instanceId: string, file: { v1: string; v2: string }): string;
  /** The host's pids of the container's processes. */
  processes(instanceId: string): number[];
  /** Kills dockerd as a crash does and starts it again. */
  crashEngine(): Promise<void>;
  close(): Promise<void>;
}

/** Why no engine can be had here, or null. */
export function whyNoEngine(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  if (!HOST_PATH.split(':').some((directory) => existsSync(`${directory}/dockerd`))) return 'no dockerd';
  if (!findBase()) return 'no base filesystem: run `npm run up` once, or set LIGHTKEEPER_TEST_BASE';
  return null;
}

export async function startContractHost(): Promise<ContractHost> {
  const directory = path.join(process.env.LIGHTKEEPER_TEST_DIR ?? os.tmpdir(), `lightkeeper-${INSTANCE}`);
  const settings = parseSettings({
    LIGHTKEEPER_INSTANCE: INSTANCE,
    LIGHTKEEPER_DATA_DIR: directory,
    LIGHTKEEPER_SUBNET: '10.219.77.0/24',
  });
  await removeAll(settings);
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  const owner = await ensureRemapUser();
  const address = `unix://${settings.paths.engineSocket}`;
  const engine = createDockerEngine({
    instance: INSTANCE,
    address,
    cgroupParent: `/${CGROUP}`,
    log: createLog('contract'),
  });
  let dockerd = await startDockerd(settings, engine);
  return {
    engine,
    mountSite: (siteId) => mountSite(directory, siteId, owner),
    readCgroup: (instanceId, { v1, v2 }) => {
      const [controller, file] = v1.split('/');
      const unified = `/sys/fs/cgroup/${CGROUP}/${instanceId}/${v2}`;
      return readFileSync(
        existsSync(unified) ? unified : `/sys/fs/cgroup/${controller}/${CGROUP}/${instanceId}/${file}`,
        'utf8',
      ).trim();
    },
    processes: cgroupProcesses,
    async crashEngine() {
      dockerd.kill('SIGKILL');
      await ended(dockerd, 5_000);
      dockerd = await startDockerd(settings, engine);
    },
    async close() {
      for (const { siteId } of await engine.list()) await engine.remove(siteId);
      dockerd.kill('SIGTERM');
      await ended(dockerd, 20_000);
      await removeAll(settings);
    },
  };
}

async function startDockerd(settings: Settings, engine: Engine): Promise<ChildProcess> {
  const [file = '', ...args] = await prepareEngineHost(settings);
  const log = openSync(`${settings.dataDir}/dockerd.log`, 'a');
  const dockerd = spawn(file, args, { env: { PATH: HOST_PATH, NODE_ENV: 'test' }, stdio: ['ignore', log, log] });
  const deadline = Date.now() + 60_000;
  while (
    !(await engine.info().then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > deadline || dockerd.exitCode !== null) {
      throw new Error(
        `dockerd did not start: ${(await readFile(`${settings.dataDir}/dockerd.log`, 'utf8')).slice(-2000)}`,
      );
    }
    await sleep(100);
  }
  return dockerd;
}

async function mountSite(directory: string, siteId: string, owner: number): Promise<ContainerSpec['mounts']> {
  const [upper, work, merged] = ['upper', 'work', 'merged'].map((name) => `${directory}/sites/${siteId}/${name}`);
  for (const place of [upper, work, merged]) await mkdir(place ?? '', { recursive: true });
  await chown(upper ?? '', owner, owner);
  const options = `lowerdir=${findBase()},upperdir=${upper},workdir=${work}`;
  await runCommand('mount', ['-t', 'overlay', 'overlay', '-o', options, merged ?? '']);
  // A base that was not built by the product may lack /app.
  await mkdir(`${merged}/app`, { recursive: true });
  await chown(`${merged}/app`, owner, owner);
  return MOUNTS.map((name) => ({ source: `${merged}/${name}`, target: `/${name}`, readOnly: false }));
}

/** The base filesystem: the one named, or the newest that the product has built. */
function findBase(): string | null {
  const named = process.env.LIGHTKEEPER_TEST_BASE;
  if (named) return named;
  const built = globSync('/var/cache/lightkeeper/base-*').filter((place) => existsSync(`${place}/usr/bin/python3`));
  return built.toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs).at(-1) ?? null;
}

/** Everything an earlier run may have left: processes, mounts, directory, bridge, cgroups. */
async function removeAll(settings: Settings): Promise<void> {
  const { run } = settings.paths;
  const daemons = [`${run}/dockerd.pid`, `${run}/engine/containerd/containerd.pid`]
    .filter(existsSync)
    .map((file) => Number(readFileSync(file, 'utf8')));
  const inside = cgroupDirectories().flatMap((place) => readPids(`${place}/cgroup.procs`));
  const shims = inside.map(parentOf);
  for (const pid of daemons) if (/\/(dockerd|containerd)$/.test(executableOf(pid))) kill(pid);
  for (const pid of shims) if (/\/containerd-shim[^/]*$/.test(executableOf(pid))) kill(pid);
  for (const pid of inside) kill(pid);
  await sleep(inside.length + daemons.length > 0 ? 1000 : 0);
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  const ours = mounts.filter((target) => target.startsWith(`${settings.dataDir}/`)).reverse();
  for (const target of ours) await runCommand('umount', ['--lazy', target], { allow: [32] });
  await rm(settings.dataDir, { recursive: true, force: true });
  await removeBridge(settings);
  for (const place of cgroupDirectories().reverse()) removeCgroup(place);
}

/** The instance's cgroups and those of its containers, in every hierarchy. */
function cgroupDirectories(): string[] {
  const hierarchies = ['/sys/fs/cgroup', ...readdirSync('/sys/fs/cgroup').map((name) => `/sys/fs/cgroup/${name}`)];
  const parents = hierarchies.map((hierarchy) => `${hierarchy}/${CGROUP}`).filter(existsSync);
  return parents.flatMap((parent) => [parent, ...globSync(`${parent}/*/`).map((place) => place.replace(/\/$/, ''))]);
}

function cgroupProcesses(instanceId: string): number[] {
  const place = cgroupDirectories().find((directory) => directory.endsWith(`/${instanceId}`));
  return place ? readPids(`${place}/cgroup.procs`) : [];
}

function removeCgroup(place: string): void {
  try {
    rmdirSync(place);
  } catch {
    // Still busy: an empty cgroup does no harm, and the next run tries again.
  }
}

function readPids(file: string): number[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : [];
}

function parentOf(pid: number): number {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
  return Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0);
}

function executableOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return ''; // no such process
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended meanwhile
  }
}

async function ended(child: ChildProcess, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) await sleep(50);
}
