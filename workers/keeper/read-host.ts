// What the host uses, and what the readings themselves cost.

import type { Disk } from '#lib/disk/disk.ts';
import type { Log } from '#lib/log.ts';
import { readFilesystem, readHost } from '#lib/usage/host.ts';
import type { HostReading } from '#lib/usage/reading.ts';

export interface HostReader {
  /** `cost`: of the sites' reading just before. */
  read(cost: { millis: number; cpuMicros: number }): Promise<HostReading | null>;
}

interface HostReaderDeps {
  disk: Pick<Disk, 'kind' | 'pool'>;
  dataDir: string;
  log: Log;
  nowMs: () => number;
}

/** Null while the pool cannot be read and never was. */
export function createHostReader({ disk, dataDir, log, nowMs }: HostReaderDeps): HostReader {
  let before: { cpuMicros: number; atMs: number } | null = null;
  let pool: { bytes: number; bytesFree: number } | null = null;
  return {
    async read(cost) {
      const platform = await readFilesystem(dataDir);
      pool = await disk.pool().catch((error) => {
        log.warn({ cause: String(error) }, 'the pool could not be read');
        return pool;
      });
      const atMs = nowMs();
      const { cpuMicros, ...host } = readHost();
      const spanMs = before ? Math.round(atMs - before.atMs) : 0;
      const cpuMillis = before && spanMs > 0 ? Math.round((cpuMicros - before.cpuMicros) / spanMs) : 0;
      before = { cpuMicros, atMs };
      return (
        pool && {
          at: new Date(),
          spanMs,
          ...host,
          cpuMillis: Math.max(0, cpuMillis),
          poolBytes: pool.bytes,
          poolBytesFree: pool.bytesFree,
          diskKind: disk.kind,
          platformBytes: platform.bytes,
          platformBytesFree: platform.bytesFree,
          readMillis: Math.round(cost.millis),
          readCpuMicros: Math.round(cost.cpuMicros),
        }
      );
    },
  };
}
