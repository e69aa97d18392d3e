// What the host itself uses, from a handful of the kernel's files (proc_meminfo(5), proc_stat(5), proc_loadavg(5)).

import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

export interface HostSample {
  memoryBytes: number;
  memoryBytesUsed: number;
  cpuCount: number;
  /** Of all processors together, since the start of the host. */
  cpuMicros: number;
  pids: number;
  pidsMax: number;
}

/** USER_HZ, which Linux keeps at 100 for programs on every machine. */
const TICK_MICROS = 10_000;

export function readHost(proc = '/proc'): HostSample {
  const read = (file: string) => readFileSync(`${proc}/${file}`, 'latin1');
  return {
    ...parseMemory(read('meminfo')),
    ...parseCpu(read('stat')),
    pids: parseTasks(read('loadavg')),
    pidsMax: Math.min(Number(read('sys/kernel/pid_max')), Number(read('sys/kernel/threads-max'))),
  };
}

/** Used is what a new program could not have. */
export function parseMemory(meminfo: string): { memoryBytes: number; memoryBytesUsed: number } {
  const bytesOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
  const memoryBytes = bytesOf('MemTotal');
  return { memoryBytes, memoryBytesUsed: Math.max(0, memoryBytes - bytesOf('MemAvailable')) };
}

/** Busy is what was neither idle nor waiting for a disk, nor taken by the machine below (steal). Guests are in user. */
export function parseCpu(stat: string): { cpuMicros: number; cpuCount: number } {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (/^cpu\s+(.*)$/m.exec(stat)?.[1] ?? '')
    .split(/\s+/)
    .map(Number);
  const cpuCount = stat.match(/^cpu\d+ /gm)?.length ?? 1;
  return { cpuMicros: (user + nice + system + irq + softirq) * TICK_MICROS, cpuCount };
}

/** "0.20 0.18 0.12 1/80 11206": after the slash, all processes and threads. */
export function parseTasks(loadavg: string): number {
  return Number(/\d+\/(\d+)/.exec(loadavg)?.[1] ?? 0);
}

export async function readFilesystem(directory: string): Promise<{ bytes: number; bytesFree: number }> {
  const { bsize, blocks, bavail } = await statfs(directory);
  return { bytes: bsize * blocks, bytesFree: bsize * bavail };
}
