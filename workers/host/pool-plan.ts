// How large the pool file should be: pure. It is sparse, so the free disk must cover what it may still take.

import { formatBytes } from '#lib/bytes.ts';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';

const GB = 1 << 30;
export const POOL_BYTES_MIN = 4 * GB;
const POOL_BYTES_DEFAULT_MAX = 64 * GB;
const MB = 1 << 20;

export interface DiskSpace {
  /** Of the filesystem that the data directory is on. */
  bytesFree: number;
  /** The pool file as it is: null before there is one. */
  file: { bytes: number; bytesAllocated: number } | null;
}

/**
 * The size the file should have: the setting, or half of the free disk and 64 GB at most. A file that is larger stays as
 * it is: a filesystem with sites in it is not made smaller. Throws `setup-failed` with the numbers.
 */
export function planPool(settings: Pick<Settings, 'poolBytes' | 'dataDir'>, { bytesFree, file }: DiskSpace): number {
  const wanted = settings.poolBytes ?? file?.bytes ?? Math.min(bytesFree / 2, POOL_BYTES_DEFAULT_MAX);
  const bytes = Math.floor(Math.max(wanted, file?.bytes ?? 0) / MB) * MB;
  if (bytes < POOL_BYTES_MIN) throw tooSmall(settings, bytes, bytesFree);
  const grows = bytes > (file?.bytes ?? 0);
  const needed = bytes - (file?.bytesAllocated ?? 0);
  if (grows && needed > bytesFree) throw noRoom(settings, bytes, needed, bytesFree);
  return bytes;
}

function tooSmall({ poolBytes, dataDir }: Pick<Settings, 'poolBytes' | 'dataDir'>, bytes: number, bytesFree: number) {
  const least = formatBytes(POOL_BYTES_MIN);
  if (poolBytes !== null) {
    return new AppError('setup-failed', {
      message: `LIGHTKEEPER_POOL_SIZE is ${formatBytes(bytes)}; the pool needs ${least} at least.`,
      hint: `Set LIGHTKEEPER_POOL_SIZE to ${least} or more.`,
    });
  }
  return new AppError('setup-failed', {
    message: `The disk of ${dataDir} has ${formatBytes(bytesFree)} free; half of that is less than the ${least} that the pool needs.`,
    hint: `Free some of it, or set LIGHTKEEPER_DATA_DIR to a disk with ${formatBytes(2 * POOL_BYTES_MIN)} free.`,
  });
}

function noRoom({ dataDir }: Pick<Settings, 'dataDir'>, bytes: number, needed: number, bytesFree: number): AppError {
  return new AppError('setup-failed', {
    message: `A pool of ${formatBytes(bytes)} may still take ${formatBytes(needed)}, but the disk of ${dataDir} has ${formatBytes(bytesFree)} free.`,
    hint: 'Set LIGHTKEEPER_POOL_SIZE lower, or LIGHTKEEPER_DATA_DIR to a larger disk.',
  });
}

/** Whether the kernel is new enough for btrfs's simple quotas: 6.7. Whether it has them, only switching them on tells. */
export function mayHaveSimpleQuotas(osRelease: string): boolean {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(osRelease) ?? []).map(Number);
  return major > 6 || (major === 6 && minor >= 7);
}
