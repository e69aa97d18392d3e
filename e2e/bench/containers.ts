// Cgroups as containers have them, without an engine: each with one process in a network of its own that wakes twice a
// second, as the starter's server does, below a parent of their own with limits.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupVersion } from '#lib/usage/cgroup.ts';
import { HOT_FILES, PROCESSES } from '#lib/usage/cgroup-files.ts';

export interface BareContainers {
  place: { version: 1 | 2; root: string; parent: string; proc: string };
  ids: string[];
  /** What a reading has to look at, by its path. */
  files: string[];
  close(): Promise<void>;
}

const ROOT = '/sys/fs/cgroup';
const PARENT = '/lightkeeper-bench-cgroups';
const TICKING = ['--net', 'perl', '-e', 'select(undef, undef, undef, 0.5) while 1'];

export async function openBareContainers(count: number): Promise<BareContainers> {
  const version = cgroupVersion(ROOT);
  const controllers = version === 1 ? ['memory', 'pids', 'cpu', 'cpuacct'] : [''];
  const dirs = (id = '') => controllers.map((controller) => path.join(ROOT, controller, PARENT, id));
  const ids = Array.from({ length: count }, (_, index) => index.toString(16).padStart(64, '0'));
  const processes: ChildProcess[] = [];
  for (const dir of dirs()) await mkdir(dir, { recursive: true });
  if (version === 2) await writeFile(path.join(ROOT, PARENT, 'cgroup.subtree_control'), '+memory +pids +cpu');
  await writeFile(pidsMaxOf(version), String(2 * count));
  for (const id of ids) {
    const child = spawn('unshare', TICKING, { stdio: 'ignore' });
    processes.push(child);
    for (const dir of dirs(id)) {
      await mkdir(dir, { recursive: true });
      await writeFile(path.join(dir, 'cgroup.procs'), String(child.pid));
    }
  }
  const each = [...HOT_FILES[version], PROCESSES[version]];
  const files = ids.flatMap((id) => each.map(({ controller, file }) => path.join(ROOT, controller, PARENT, id, file)));
  return {
    place: { version, root: ROOT, parent: PARENT, proc: '/proc' },
    ids,
    files,
    async close() {
      for (const child of processes) child.kill('SIGKILL');
      for (const dir of [...ids.flatMap((id) => dirs(id)), ...dirs()]) await removeEmptied(dir);
    },
  };
}

function pidsMaxOf(version: 1 | 2): string {
  return path.join(ROOT, version === 1 ? 'pids' : '', PARENT, 'pids.max');
}

/** A killed process leaves its cgroup a moment later. */
async function removeEmptied(dir: string): Promise<void> {
  for (let attempt = 0; existsSync(dir) && attempt < 100; attempt += 1) {
    await rmdir(dir).catch(() => {});
    if (existsSync(dir)) await sleep(20);
  }
}

/** CPU time of this process and of the programs it has run, in milliseconds (proc_pid_stat(5): fields 14 to 17). */
export async function cpuMillis(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8');
  const [, , childUser = 0, childSystem = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 16).map(Number);
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + (childUser + childSystem) * 10;
}
