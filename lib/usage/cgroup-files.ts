// Which files of a container's cgroup say what, and how to read their text. Pure.
// cgroup v1: Documentation/admin-guide/cgroup-v1/memory.rst, pids.rst, cpuacct.rst, scheduler/sched-bwc.rst; v2:
// admin-guide/cgroup-v2.rst.

import type { ContainerCounters } from './reading.ts';

export type CgroupVersion = 1 | 2;

/** What the kernel says of one container at a moment. */
export interface ContainerSample extends ContainerCounters {
  /** Without page cache that the kernel can drop at once. */
  memoryBytes: number;
  pids: number;
  /** Scheduling periods in which it wanted to run, and those in which it was held back. */
  periods: number;
  throttledPeriods: number;
  /** Another number for each life of the container: one that is started again has new counters under its old name. */
  opened: number;
}

/** A file by its controller, which names a directory in version 1 alone. */
export interface CgroupFile {
  controller: string;
  file: string;
}

/** Small files, which say everything but the page cache. The order is that of `parseHot`'s texts. */
export const HOT_FILES: Record<CgroupVersion, readonly CgroupFile[]> = {
  1: [
    { controller: 'memory', file: 'memory.usage_in_bytes' },
    { controller: 'pids', file: 'pids.current' },
    { controller: 'cpu', file: 'cpu.stat' },
    { controller: 'memory', file: 'memory.oom_control' },
    { controller: 'pids', file: 'pids.events' },
    { controller: 'cpuacct', file: 'cpuacct.usage' },
  ],
  2: [
    { controller: '', file: 'memory.current' },
    { controller: '', file: 'pids.current' },
    { controller: '', file: 'cpu.stat' },
    { controller: '', file: 'memory.events' },
    { controller: '', file: 'pids.events' },
  ],
};

/** The dear one: the kernel sums up over all processors before it answers. */
export const MEMORY_STAT: Record<CgroupVersion, CgroupFile> = {
  1: { controller: 'memory', file: 'memory.stat' },
  2: { controller: '', file: 'memory.stat' },
};

export const PROCESSES: Record<CgroupVersion, CgroupFile> = {
  1: { controller: 'pids', file: 'cgroup.procs' },
  2: { controller: '', file: 'cgroup.procs' },
};

/** `memoryBytes` with the page cache. What a kernel does not give is 0. */
export function parseHot(
  version: CgroupVersion,
  texts: readonly string[],
): Omit<ContainerSample, 'rxBytes' | 'txBytes' | 'opened'> {
  const [memory = '', pids = '', cpu = '', memoryEvents = '', pidsEvents = '', cpuNanos = ''] = texts;
  return {
    memoryBytes: number(memory),
    pids: number(pids),
    cpuMicros: version === 1 ? Math.round(number(cpuNanos) / 1000) : field(cpu, 'usage_usec'),
    periods: field(cpu, 'nr_periods'),
    throttledPeriods: field(cpu, 'nr_throttled'),
    throttledMicros: version === 1 ? Math.round(field(cpu, 'throttled_time') / 1000) : field(cpu, 'throttled_usec'),
    oomKills: field(memoryEvents, 'oom_kill'),
    forksRefused: field(pidsEvents, 'max'),
  };
}

/** Page cache that nobody has used lately. */
export function parseDroppable(version: CgroupVersion, memoryStat: string): number {
  return field(memoryStat, version === 1 ? 'total_inactive_file' : 'inactive_file');
}

export function parsePids(text: string): number[] {
  return text.split('\n').flatMap((line) => (/^\d+$/.test(line) ? [Number(line)] : []));
}

/** Bytes in and out of the container's one interface (proc_pid_net(5), dev). Null: it has none. */
export function parseNetDev(text: string): { rxBytes: number; txBytes: number } | null {
  const line = /^\s*eth0:\s*(.*)$/m.exec(text)?.[1];
  if (line === undefined) return null;
  const columns = line.split(/\s+/);
  return { rxBytes: number(columns[0] ?? ''), txBytes: number(columns[8] ?? '') };
}

/** The number behind a name in a flat keyed file; 0 when the kernel does not give it. */
export function field(text: string, name: string): number {
  const start = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1;
  if (start === 0 && !text.startsWith(`${name} `)) return 0;
  return number(text.slice(start + name.length + 1, start + name.length + 24));
}

/** Version 2 writes `max` where there is no number. */
function number(text: string): number {
  const value = Number.parseInt(text, 10);
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
}
