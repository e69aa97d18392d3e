// Whether what the kernel holds for a site is what its row says. Pure.

import { limitName, writeLimit } from '../sites/limit-words.ts';
import type { SiteLimits } from '../sites/limits.ts';
import type { KernelLimits } from '../usage/kernel-limits.ts';

export interface InForce {
  /** Null: no container. */
  container: KernelLimits | null;
  /** Of the disk; null: none. Undefined: there is no disk, or its kind cannot lose its limit. */
  diskBytesMax: number | null | undefined;
}

export interface Drift {
  limit: 'memoryBytesMax' | 'pidsMax' | 'cpuMillisMax' | 'diskBytesMax';
  /** Infinity: none was in force. */
  is: number;
  wanted: number;
}

/** The kernel keeps memory in whole pages, and CPU in whole microseconds of a period. */
const TOLERANCE = { memoryBytesMax: 65_536, pidsMax: 0, cpuMillisMax: 1, diskBytesMax: 4_096 };

/** A disk that is held (for too many files) may have any limit below its own. */
export function driftOf(wanted: SiteLimits, isDiskHeld: boolean, { container, diskBytesMax }: InForce): Drift[] {
  const pairs: [Drift['limit'], number][] = [];
  if (container) {
    pairs.push(['memoryBytesMax', container.memoryBytesMax], ['pidsMax', container.pidsMax]);
    pairs.push(['cpuMillisMax', container.cpuMillisMax]);
  }
  const disk = diskBytesMax === null ? Number.POSITIVE_INFINITY : diskBytesMax;
  if (disk !== undefined && !(isDiskHeld && disk <= wanted.diskBytesMax)) pairs.push(['diskBytesMax', disk]);
  return pairs.flatMap(([limit, is]) =>
    Math.abs(is - wanted[limit]) > TOLERANCE[limit] ? [{ limit, is, wanted: wanted[limit] }] : [],
  );
}

/** "The memory limit was 512 MB instead of 256 MB; corrected." */
export function tellDrift({ limit, is, wanted }: Drift): string {
  const was = Number.isFinite(is) ? writeLimit(limit, is) : 'off';
  return `The ${limitName(limit)} limit was ${was} instead of ${writeLimit(limit, wanted)}; corrected.`;
}
