// Which checkpoints a site keeps. Those that somebody made stay until he drops them; ours go by their number, and earlier
// where the disk they are charged to gets full. Pure.

import type { Checkpoint } from '../db/generated/client.ts';

/** That somebody may make by hand. */
export const MANUAL_MAX = 5;
export const DEPLOYMENT_KEPT = 3;
/** The way back from a restore, and the way forth again while it is taken. */
export const RESTORE_KEPT = 2;

/** Of the disk's limit: from here on none is made for you, and yours go, the oldest first. */
export const NEAR_FULL_SHARE = 0.8;
/** From here on all of yours go at once. */
const FULL_SHARE = 0.95;

export type Kept = Pick<Checkpoint, 'id' | 'cause' | 'status' | 'createdAt'>;

export function isNearFull(usedBytes: number, bytesMax: number): boolean {
  return usedBytes >= NEAR_FULL_SHARE * bytesMax;
}

/** Those that were made for the site's owner, not by him. */
export function isAutomatic({ cause }: Pick<Checkpoint, 'cause'>): boolean {
  return cause === 'deployment' || cause === 'restore';
}

/** Which ones go because newer ones of their kind are kept. `inUse` is being restored. */
export function planExcess(checkpoints: readonly Kept[], inUse: string | null): string[] {
  const newest = checkpoints
    .filter(({ status }) => status === 'ready')
    .sort(byAge)
    .reverse();
  const of = (cause: Kept['cause'], kept: number) => newest.filter((one) => one.cause === cause).slice(kept);
  const excess = [...of('deployment', DEPLOYMENT_KEPT), ...of('restore', RESTORE_KEPT)];
  return excess.map(({ id }) => id).filter((id) => id !== inUse);
}

/** Which ones go to make room. One at a time while it is only near: the space comes back some seconds later. */
export function planRelief(checkpoints: readonly Kept[], usedShare: number, inUse: string | null): string[] {
  if (usedShare < NEAR_FULL_SHARE) return [];
  const ours = checkpoints.filter((one) => isAutomatic(one) && one.status === 'ready' && one.id !== inUse).sort(byAge);
  return ours.slice(0, usedShare < FULL_SHARE ? 1 : ours.length).map(({ id }) => id);
}

function byAge(one: Kept, other: Kept): number {
  return one.createdAt.getTime() - other.createdAt.getTime() || (one.id < other.id ? -1 : 1);
}
