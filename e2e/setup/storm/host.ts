// What a storm must leave of the host: room on its disk and in the pool, memory, process ids.

import { readFile, statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '#lib/env.ts';
import { POOL_RESERVE_SHARE } from '#lib/limits/judge-pool.ts';

export interface HostFloor {
  /** Shares of the whole, the least that was seen. */
  diskFree: number;
  poolFree: number;
  memoryAvailable: number;
  pidsFree: number;
}

/** A host below these has been taken from: the pool's is promised, the others leave the host's own programs room. */
export const FLOOR: HostFloor = { diskFree: 0.05, poolFree: POOL_RESERVE_SHARE, memoryAvailable: 0.05, pidsFree: 0.5 };

/** Looks twice a second until stopped; answers the least of each that it saw. */
export function watchHost(settings: Settings): { stop(): Promise<HostFloor> } {
  const least: HostFloor = { diskFree: 1, poolFree: 1, memoryAvailable: 1, pidsFree: 1 };
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const now = await readHost(settings);
      for (const key of Object.keys(least) as (keyof HostFloor)[]) least[key] = Math.min(least[key], now[key]);
      await sleep(500);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await watching;
      return least;
    },
  };
}

async function readHost({ dataDir, paths }: Settings): Promise<HostFloor> {
  const [disk, pool] = await Promise.all([statfs(dataDir), statfs(paths.pool)]);
  const memory = await readFile('/proc/meminfo', 'utf8');
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(memory)?.[1]);
  // proc_loadavg(5): the fourth field is runnable/existing tasks.
  const [loads, pidMax] = await Promise.all(
    ['/proc/loadavg', '/proc/sys/kernel/pid_max'].map((file) => readFile(file, 'utf8')),
  );
  const tasks = Number(loads?.split(' ')[3]?.split('/')[1]);
  return {
    diskFree: disk.bavail / disk.blocks,
    poolFree: pool.bavail / pool.blocks,
    memoryAvailable: kibibytes('MemAvailable') / kibibytes('MemTotal'),
    pidsFree: 1 - tasks / Number(pidMax),
  };
}
