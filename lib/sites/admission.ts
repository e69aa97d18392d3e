// Who may launch: limits per address, and what the machine can still promise. Pure judgements over counted numbers.

import { formatBytes, formatShare } from '../bytes.ts';
import { AppError } from '../errors/app-error.ts';
import { POOL_RESERVE_SHARE } from '../limits/judge-pool.ts';

export interface AddressCounts {
  launchesLastHour: number;
  /** When the oldest of them falls out of the hour. */
  nextLaunchAt: Date | null;
  sitesNow: number;
}

/** Throws `too-many-launches` with the numbers when this address has had its share. */
export function judgeAddress(
  counts: AddressCounts,
  limits: { launchesPerHour: number; sitesPerAddress: number },
  now: Date,
): void {
  if (counts.sitesNow >= limits.sitesPerAddress) {
    throw new AppError('too-many-launches', {
      message: `Your address has ${counts.sitesNow} of ${limits.sitesPerAddress} sites.`,
      hint: 'Delete one of them, or come back when one has expired.',
    });
  }
  if (counts.launchesLastHour >= limits.launchesPerHour) {
    const minutes = Math.max(1, Math.ceil(((counts.nextLaunchAt?.getTime() ?? 0) - now.getTime()) / 60_000));
    throw new AppError('too-many-launches', {
      message: `Your address has launched ${counts.launchesLastHour} sites in the last hour; the limit is ${limits.launchesPerHour}.`,
      hint: `Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
      details: { retryAfterSeconds: minutes * 60 },
    });
  }
}

export interface Capacity {
  memoryBytes: number;
  memoryBytesPromised: number;
  poolBytes: number;
  poolBytesFree: number;
  diskBytesPromised: number;
}

export interface Demand {
  memoryBytes: number;
  diskBytes: number;
}

/**
 * Throws `host-full` with the numbers when another site cannot be promised. `overcommit` is how often what exists may
 * be promised; the reserve of the pool is never promised at all.
 */
export function judgeCapacity(capacity: Capacity, demand: Demand, overcommit: number): void {
  judgeRoom(capacity);
  const reserve = capacity.poolBytes * POOL_RESERVE_SHARE;
  const checks = [
    {
      what: 'memory',
      used: capacity.memoryBytesPromised,
      more: demand.memoryBytes,
      of: capacity.memoryBytes * overcommit,
    },
    {
      what: 'disk',
      used: capacity.diskBytesPromised,
      more: demand.diskBytes,
      of: (capacity.poolBytes - reserve) * overcommit,
    },
  ];
  for (const { what, used, more, of } of checks) {
    if (used + more <= of) continue;
    throw hostFull(
      `This machine is full: ${formatBytes(used)} of ${formatBytes(of)} of its ${what} is promised, and a site needs ${formatBytes(more)}.`,
    );
  }
}

/** Throws `host-full` with the numbers when what is really free is the reserve. Also a ready site would grow. */
export function judgeRoom({ poolBytes, poolBytesFree }: Pick<Capacity, 'poolBytes' | 'poolBytesFree'>): void {
  if (poolBytesFree >= poolBytes * POOL_RESERVE_SHARE) return;
  const share = formatShare(poolBytes - poolBytesFree, poolBytes);
  throw hostFull(
    `This machine is full: ${share} of its disk is used, and the last ${Math.round(POOL_RESERVE_SHARE * 100)} percent are kept for the sites that it has.`,
  );
}

function hostFull(message: string): AppError {
  return new AppError('host-full', {
    message,
    hint: "Try again in a few minutes: guests' sites expire all the time.",
    details: { retryAfterSeconds: 300 },
  });
}
