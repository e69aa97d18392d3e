// When the pool of all disks runs low although every disk keeps its limit: the disks that grow the fastest are held until
// what still grows can wait, and are freed when there is room. Launches are refused at the same mark
// (lib/sites/admission.ts). Pure.

import { smooth } from './judged.ts';
import { poolHoldSentence, poolSentence } from './sentences.ts';

/**
 * Of the pool, kept free for what is promised already. btrfs hands out pieces of up to a gigabyte, or a tenth of a small
 * pool, to data or to its own trees, and when none is left for the trees, nobody can write although there is free space.
 */
export const POOL_RESERVE_SHARE = 0.15;
/** So much must be free before what is held is freed. */
const POOL_WELL_SHARE = 0.2;
const READINGS_WELL = 2;
/** Growth that would take all that is free within this time cannot wait. */
const WAIT_SECONDS = 10 * 60;
const GROWTH_TAU_MS = 10_000;
/** Below this a disk does not grow: logs and clocks write all the time. */
const GROWTH_MIN = 10 * 1024;

export interface PoolState {
  isLow: boolean;
  /** Readings in a row with room. */
  well: number;
  /** Of each site: its bytes, and its growth a second, smoothed. */
  sites: Record<string, { bytes: number | null; growth: number }>;
}

export interface PoolOutcome {
  state: PoolState;
  hold: { siteId: string; text: string }[];
  /** Sites that this policy held, and that may grow again. */
  release: string[];
  event: { level: 'over' | 'info'; text: string; numbers: Record<string, number> } | null;
}

export interface PoolSite {
  siteId: string;
  /** Null: not read. */
  diskBytes: number | null;
  /** Null: not held. */
  heldBy: 'pool' | 'inodes' | null;
}

export const NEW_POOL: PoolState = { isLow: false, well: 0, sites: {} };

export function judgePool(
  pool: { bytes: number; bytesFree: number },
  sites: PoolSite[],
  before: PoolState,
  spanMs: number,
): PoolOutcome {
  const grown = Object.fromEntries(sites.map((site) => [site.siteId, growthOf(site, before, spanMs)]));
  const freeShare = pool.bytes > 0 ? pool.bytesFree / pool.bytes : 1;
  const well = freeShare >= POOL_WELL_SHARE ? before.well + 1 : 0;
  const held = sites.filter(({ heldBy }) => heldBy === 'pool');
  // Held sites of a keeper that has gone are taken over with the state they imply.
  const wasLow = before.isLow || held.length > 0;
  const isLow = freeShare < POOL_RESERVE_SHARE || (wasLow && well < READINGS_WELL);
  const state: PoolState = { isLow, well, sites: grown };
  const used = { used: pool.bytes - pool.bytesFree, max: pool.bytes };
  const hold = freeShare < POOL_RESERVE_SHARE ? fastest(sites, grown, pool.bytesFree) : [];
  const words = (level: 'over' | 'info') => ({
    level,
    text: poolSentence(level, used, held.length + hold.length),
    numbers: { ...used, held: held.length + hold.length },
  });
  return {
    state,
    hold: hold.map(({ siteId, growth }) => ({ siteId, text: poolHoldSentence(used, { bytesPerSecond: growth }) })),
    release: isLow ? [] : held.map(({ siteId }) => siteId),
    event: isLow === wasLow ? null : words(isLow ? 'over' : 'info'),
  };
}

function growthOf({ siteId, diskBytes }: PoolSite, { sites }: PoolState, spanMs: number) {
  const earlier = sites[siteId] ?? { bytes: null, growth: 0 };
  const bytes = diskBytes ?? earlier.bytes;
  if (diskBytes === null || earlier.bytes === null || spanMs <= 0) return { bytes, growth: earlier.growth };
  const now = Math.max(0, (diskBytes - earlier.bytes) / (spanMs / 1_000));
  return { bytes, growth: smooth(earlier.growth, now, spanMs, GROWTH_TAU_MS) };
}

/** The fastest first, until the rest would not fill what is free for a while. */
function fastest(
  sites: PoolSite[],
  grown: PoolState['sites'],
  bytesFree: number,
): { siteId: string; growth: number }[] {
  const growing = sites
    .filter(({ heldBy }) => heldBy === null)
    .map(({ siteId }) => ({ siteId, growth: grown[siteId]?.growth ?? 0 }))
    .filter(({ growth }) => growth >= GROWTH_MIN)
    .sort((a, b) => b.growth - a.growth);
  let rest = growing.reduce((sum, { growth }) => sum + growth, 0);
  const hold = [];
  for (const site of growing) {
    if (rest * WAIT_SECONDS < bytesFree) break;
    hold.push(site);
    rest -= site.growth;
  }
  return hold;
}
