// A container's use of memory, processes and CPU, read from its cgroup's files in one sweep over all containers.
// cgroup v1: Documentation/admin-guide/cgroup-v1/memory.rst, pids.rst, cpuacct.rst; v2: admin-guide/cgroup-v2.rst.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface ContainerUsage {
  /** Without page cache that the kernel can drop at once. */
  memoryBytes: number;
  pids: number;
  cpuMicros: number;
  oomKills: number;
}

export type CgroupVersion = 1 | 2;

/** Version 2 alone, or version 1 (also in its hybrid form), by what is mounted. */
export async function cgroupVersion(root = '/sys/fs/cgroup'): Promise<CgroupVersion> {
  return (await read(path.join(root, 'cgroup.controllers'))) === null ? 1 : 2;
}

/** The use of one container, or null when it has gone. */
export async function readContainerUsage(
  version: CgroupVersion,
  parent: string,
  instanceId: string,
  root = '/sys/fs/cgroup',
): Promise<ContainerUsage | null> {
  const dir = (controller: string) => path.join(root, version === 1 ? controller : '', parent, instanceId);
  const names = version === 1 ? V1_FILES : V2_FILES;
  const texts = await Promise.all(names.map(([controller, file]) => read(path.join(dir(controller), file))));
  const [current, stat, pids, cpu, events] = texts;
  if (current == null || stat == null || pids == null || cpu == null) return null;
  const cache = field(stat, version === 1 ? 'total_inactive_file' : 'inactive_file');
  return {
    memoryBytes: Math.max(0, Number(current) - cache),
    pids: Number(pids),
    cpuMicros: version === 1 ? Math.round(Number(cpu) / 1000) : field(cpu, 'usage_usec'),
    oomKills: field(events ?? '', 'oom_kill'),
  };
}

const V1_FILES = [
  ['memory', 'memory.usage_in_bytes'],
  ['memory', 'memory.stat'],
  ['pids', 'pids.current'],
  ['cpuacct', 'cpuacct.usage'],
  ['memory', 'memory.oom_control'],
] as const;
const V2_FILES = [
  ['', 'memory.current'],
  ['', 'memory.stat'],
  ['', 'pids.current'],
  ['', 'cpu.stat'],
  ['', 'memory.events'],
] as const;

/** The number behind a name in a flat keyed file; 0 when the kernel does not give it. */
export function field(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line ? Number(line.slice(name.length + 1)) : 0;
}

async function read(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENODEV' || error.code === 'ENOTDIR') return null;
    throw error;
  });
}
