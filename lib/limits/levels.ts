// How bad a verdict is, from which share of a limit on, and how far below a site must fall to be well again.

import type { VerdictLevel } from './verdict.ts';

/** From these shares of the limit on. One reading acts. */
const REACHED = { warn: 0.8, critical: 0.95 } as const;
/** Above these shares a level that was reached stays. Two readings below release it. */
const KEPT = { warn: 0.75, critical: 0.9, over: 0.99 } as const;

const RANKS: Record<VerdictLevel, number> = {
  idle: 1,
  warn: 2,
  throttled: 2,
  critical: 3,
  over: 4,
  storm: 4,
  abusive: 4,
  expired: 4,
};

/** What an unknown word, such as an event's "info", ranks: nothing. */
export function rankOf(level: string | null): number {
  return level === null ? 0 : (RANKS[level as VerdictLevel] ?? 0);
}

/** The level that a use reaches; `isOver`: the kernel refuses, or would. */
export function reached(used: number, max: number, isOver: boolean): VerdictLevel | null {
  if (isOver) return 'over';
  const share = shareOf(used, max);
  if (share >= REACHED.critical) return 'critical';
  return share >= REACHED.warn ? 'warn' : null;
}

/** The highest level that a use can keep open. */
export function kept(used: number, max: number): VerdictLevel | null {
  const share = shareOf(used, max);
  if (share >= KEPT.over) return 'over';
  if (share >= KEPT.critical) return 'critical';
  return share >= KEPT.warn ? 'warn' : null;
}

/** Of a limit of zero, anything is all. */
function shareOf(used: number, max: number): number {
  if (max > 0) return used / max;
  return used > 0 ? 1 : 0;
}

/** Of equals, the one that lasts the longest. */
export function worstFirst<T extends { level: string; since: Date }>(verdicts: T[]): T[] {
  return verdicts.toSorted((a, b) => rankOf(b.level) - rankOf(a.level) || a.since.getTime() - b.since.getTime());
}
