// The limits that the kernel holds for a container at this moment, read from its cgroup's files, and its memory. v1:
// Documentation/admin-guide/cgroup-v1/memory.rst, pids.rst, scheduler/sched-bwc.rst; v2: cgroup-v2.rst. Synchronous, as all
// reading of cgroups is: such a file never waits for a disk.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CgroupPlace } from './cgroup.ts';
import { parseDroppable } from './cgroup-files.ts';

/** Infinity: none. */
export interface KernelLimits {
  memoryBytesMax: number;
  pidsMax: number;
  cpuMillisMax: number;
}

/** Null: the kernel has no such container. */
export interface KernelLimitsReader {
  limits(instanceId: string): KernelLimits | null;
  /** In use, without page cache that the kernel can drop at once. */
  memoryBytes(instanceId: string): number | null;
}

export function createKernelLimits(place: Omit<CgroupPlace, 'proc'>): KernelLimitsReader {
  const { version, root, parent } = place;
  const read = (controller: string, instanceId: string, file: string) =>
    readText(path.join(root, version === 1 ? controller : '', parent, instanceId, file));
  const files = version === 1 ? V1 : V2;
  return {
    limits(instanceId) {
      const memory = read('memory', instanceId, files.memory);
      const pids = read('pids', instanceId, 'pids.max');
      const cpu = version === 1 ? readQuota(read, instanceId) : read('cpu', instanceId, 'cpu.max');
      if (memory === null || pids === null || cpu === null) return null;
      const [quota = '', period = ''] = cpu.split(' ');
      const cpuMillisMax = Math.round((parseLimit(quota) * 1000) / Number(period));
      return { memoryBytesMax: parseLimit(memory), pidsMax: parseLimit(pids), cpuMillisMax };
    },
    memoryBytes(instanceId) {
      const used = read('memory', instanceId, files.used);
      const stat = read('memory', instanceId, 'memory.stat');
      return used === null || stat === null ? null : Math.max(0, Number(used) - parseDroppable(version, stat));
    },
  };
}

const V1 = { memory: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes' };
const V2 = { memory: 'memory.max', used: 'memory.current' };

/** As v2 writes it: quota and period. */
function readQuota(read: (controller: string, instanceId: string, file: string) => string | null, instanceId: string) {
  const quota = read('cpu', instanceId, 'cpu.cfs_quota_us');
  const period = read('cpu', instanceId, 'cpu.cfs_period_us');
  return quota === null || period === null ? null : `${quota.trim()} ${period}`;
}

/** v1 writes no limit as a huge number or -1, v2 as `max`. */
function parseLimit(text: string): number {
  const value = Number(text.trim());
  return Number.isFinite(value) && value >= 0 && value < 2 ** 62 ? value : Number.POSITIVE_INFINITY;
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENODEV', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
