// What the kernel's scheduler knows of containers: the time that they have used, and whether they stand behind the others.
// cpu.idle (cgroup-v2.rst, since Linux 5.15; v1 has the same file) makes a group to those beside it what SCHED_IDLE makes a
// process (sched(7)): whoever wakes up beside it runs at once, and it gets what they leave. Synchronous, as all reading of
// cgroups is.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CgroupPlace } from './cgroup.ts';

export interface CpuGroups {
  /** Microseconds of all processors so far, of each container that runs, by the engine's id. */
  used(): Map<string, number>;
  /** Those that stand behind the others. */
  behind(): Set<string>;
  /** A container that has gone, and a kernel that knows of no such thing, are no error. */
  setBehind(instanceId: string, isBehind: boolean): void;
}

/** Of each container, of which a process of the host's has 1024 (docker run's --cpu-shares). */
export const CPU_SHARES = 256;
/** The same under version 2, as the runtime converts it. */
const CPU_WEIGHT = 1 + Math.floor(((CPU_SHARES - 2) * 9_999) / 262_142);
const INSTANCE_ID = /^[0-9a-f]{64}$/;
const ABSENT = ['ENOENT', 'ENODEV', 'ENOTDIR'];

export function openCpuGroups({ version, root, parent }: Omit<CgroupPlace, 'proc'>): CpuGroups {
  const controller = (name: string) => path.join(root, version === 1 ? name : '', parent);
  const [cpu, account] = [controller('cpu'), controller('cpuacct')];
  const idleFile = (instanceId: string) => path.join(cpu, instanceId, 'cpu.idle');
  const write = (file: string, text: string) => writeFileSync(file, text, { flag: 'r+' });
  const share = (instanceId: string) =>
    version === 1
      ? write(path.join(cpu, instanceId, 'cpu.shares'), String(CPU_SHARES))
      : write(path.join(cpu, instanceId, 'cpu.weight'), String(CPU_WEIGHT));
  const ids = () => (unlessAbsent(() => readdirSync(cpu)) ?? []).filter((name) => INSTANCE_ID.test(name));
  const usedBy = (instanceId: string) =>
    version === 1
      ? Number(readFileSync(path.join(account, instanceId, 'cpuacct.usage'), 'latin1')) / 1000
      : Number(/^usage_usec (\d+)/m.exec(readFileSync(path.join(cpu, instanceId, 'cpu.stat'), 'latin1'))?.[1]);
  return {
    used() {
      const all = ids().map((id) => [id, unlessAbsent(() => usedBy(id))] as const);
      return new Map(all.flatMap(([id, micros]) => (micros === null ? [] : [[id, micros]])));
    },
    behind() {
      const isBehind = (id: string) => unlessAbsent(() => readFileSync(idleFile(id), 'latin1'))?.trim() === '1';
      return new Set(ids().filter(isBehind));
    },
    setBehind(instanceId, isBehind) {
      unlessAbsent(() => {
        write(idleFile(instanceId), isBehind ? '1' : '0');
        if (!isBehind) share(instanceId); // The kernel gives who comes back the shares of a process of the host's.
      });
    },
  };
}

function unlessAbsent<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    if (ABSENT.includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
