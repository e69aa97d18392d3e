// How many inodes each btrfs disk has. The kernel keeps no such number, and counting costs microseconds an inode, so each
// reading only asks what is cheap (the highest inode number, and whether anything changed), and what that makes doubtful
// is counted behind it: where most was made first, one call at a time, for a small share of one core.

import type { Log } from '../log.ts';
import { countInodes, type InodeProbe, probeInodes } from './inode-search.ts';

export interface InodeCounter {
  /** The newest counts of these subvolumes, by key. One that was not counted yet is absent. */
  counts(paths: ReadonlyMap<string, string>): Promise<Map<string, number>>;
}

export interface Counted {
  tree: number;
  count: number;
  highest: number;
  generation: number;
  tookMs: number;
  atMs: number;
}

const HIGHEST_OF_NONE = 255;
/** What may be made before it is worth another count. */
const GROWTH_MIN = 64;
const GROWTH_SHARE = 0.02;
/** Of one core: for what grew, and for what only changed, which is how deleting shows. */
const GROWN_SHARE = 0.1;
const CHANGED_SHARE = 0.02;
const CHANGED_PAUSE_MS = 5_000;
/** How much is counted with one call. */
const BATCH = 64;
const BATCH_SECONDS = 1;
const FAILED_PAUSE_MS = 60_000;

export function createInodeCounter(log: Log, nowMs: () => number = () => performance.now()): InodeCounter {
  const counted = new Map<string, Counted>();
  let notBefore = 0;

  const count = async (
    plan: CountPlan,
    paths: ReadonlyMap<string, string>,
    probes: ReadonlyMap<string, InodeProbe>,
  ) => {
    notBefore = Number.POSITIVE_INFINITY;
    const counts = await countInodes(
      plan.keys.flatMap((key) => paths.get(key) ?? []),
      BATCH_SECONDS,
    );
    plan.keys.forEach((key, index) => {
      const [probe, row] = [probes.get(key), counts[index]];
      if (probe && row) counted.set(key, { ...probe, ...row, atMs: nowMs() });
    });
    const tookMs = counts.reduce((sum, row) => sum + (row?.tookMs ?? 0), 0);
    notBefore = nowMs() + tookMs / plan.share;
  };

  return {
    async counts(paths) {
      for (const key of counted.keys()) if (!paths.has(key)) counted.delete(key);
      const keys = [...paths.keys()];
      const asked = [...paths].map(([key, path]) => ({ path, highest: counted.get(key)?.highest ?? HIGHEST_OF_NONE }));
      const found = await probeInodes(asked);
      const probes = new Map(keys.flatMap((key, index) => (found[index] ? [[key, found[index]] as const] : [])));
      const plan = planCounts(probes, counted, nowMs());
      if (plan.keys.length > 0 && nowMs() >= notBefore) {
        count(plan, paths, probes).catch((error) => {
          notBefore = nowMs() + FAILED_PAUSE_MS;
          log.warn({ cause: String(error) }, 'inodes could not be counted');
        });
      }
      return new Map(
        [...probes.keys()].flatMap((key) => (counted.has(key) ? [[key, counted.get(key)?.count ?? 0]] : [])),
      );
    },
  };
}

export interface CountPlan {
  /** What to count, the most doubtful first. */
  keys: string[];
  /** The share of one core that this counting may take. */
  share: number;
}

/** What is to be counted again. Pure. */
export function planCounts(
  probes: ReadonlyMap<string, InodeProbe>,
  counted: ReadonlyMap<string, Counted>,
  nowMs: number,
): CountPlan {
  const rows = [...probes].map(([key, probe]) => ({ key, ...doubtOf(probe, counted.get(key), nowMs) }));
  const grown = rows.filter(({ grownBy }) => grownBy > 0).sort((a, b) => b.grownBy - a.grownBy);
  const changed = rows.filter(({ grownBy, changedSince }) => grownBy === 0 && changedSince !== null);
  changed.sort((a, b) => (a.changedSince ?? 0) - (b.changedSince ?? 0));
  const keys = [...grown, ...changed].slice(0, BATCH).map(({ key }) => key);
  return { keys, share: grown.length > 0 ? GROWN_SHARE : CHANGED_SHARE };
}

interface Doubt {
  /** How many inodes there may be more than were counted; 0: few enough to leave it. */
  grownBy: number;
  /** When it was counted, where something has changed since; null: nothing did, or not long enough ago. */
  changedSince: number | null;
}

function doubtOf(probe: InodeProbe, before: Counted | undefined, nowMs: number): Doubt {
  if (!before || before.tree !== probe.tree) return { grownBy: probe.highest, changedSince: null };
  const agoMs = nowMs - before.atMs;
  const grownBy = probe.highest - before.highest;
  const isWorthIt = grownBy > Math.max(GROWTH_MIN, before.count * GROWTH_SHARE) && agoMs >= before.tookMs / GROWN_SHARE;
  const pauseMs = Math.max(CHANGED_PAUSE_MS, before.tookMs / CHANGED_SHARE);
  const isChanged = grownBy > 0 || probe.generation !== before.generation;
  return { grownBy: isWorthIt ? grownBy : 0, changedSince: isChanged && agoMs >= pauseMs ? before.atMs : null };
}
