// What the policy is given about a site, and what it remembers from reading to reading. The memory is JSON and bounded; a
// keeper that starts anew has the open verdicts from their rows, and begins its windows of time afresh.

import type { Sentence } from './sentences.ts';
import type { Verdict, VerdictKind, VerdictLevel } from './verdict.ts';

/** What the policy needs to know of a site besides its limits and its use. */
export interface JudgedSite {
  id: string;
  state: 'launching' | 'live' | 'failed';
  ownerRole: 'guest' | 'member' | 'admin';
  rest: 'awake' | 'frozen' | 'stopped';
  /** Of its plan; null: never. */
  freezeAfterMinutes: number | null;
  stopAfterMinutes: number | null;
  activeAt: Date;
  claimedAt: Date;
  expiresAt: Date | null;
  heldBy: 'storm' | 'network' | 'admin' | null;
  heldFor: string | null;
  diskHeldFor: string | null;
}

export interface OpenVerdict extends Verdict {
  /** Milliseconds of the epoch, as all times here. */
  since: number;
  /** Readings in a row below what keeps it open. */
  below: number;
  /** When the kernel last refused. */
  refusedAt: number | null;
  /** When its words were last written into its row. */
  writtenAt: number;
}

export interface JudgeState {
  open: Partial<Record<VerdictKind, OpenVerdict>>;
  /** The container of the reading before. */
  machine: { instanceId: string; oomKills: number; forksRefused: number } | null;
  /** The share of time in which the CPU limit held the site back, smoothed. */
  cpuHeld: number;
  logBytesPerSecond: number;
  /** Starts of the app that followed an end, oldest first. */
  appRestarts: number[];
  /** Buckets that refusals fill and time empties. */
  closed: number;
  connections: number;
  /** Since when the network has been abused without a pause. */
  abusedAt: number | null;
  /** What may still be told of each kind. */
  told: Partial<Record<VerdictKind, { left: number; at: number }>>;
}

/** What one kind's judge says of a reading. */
export interface Judgement {
  kind: VerdictKind;
  /** The level that this reading reaches; null: it is well. */
  at: VerdictLevel | null;
  /** The level that this reading can keep open, for two readings. */
  keeps: VerdictLevel | null;
  /** Set when the kernel refused within this reading. */
  refusedAt?: number | null;
  say(level: VerdictLevel): Sentence;
  numbers: Record<string, number>;
}

export function newState(): JudgeState {
  return {
    ...{ open: {}, machine: null, cpuHeld: 0, logBytesPerSecond: 0, appRestarts: [] },
    ...{ closed: 0, connections: 0, abusedAt: null, told: {} },
  };
}

/** For a keeper that starts: what is open already is not told again. */
export function stateOfRows(rows: (Verdict & { since: Date })[], now: Date): JudgeState {
  const open = rows.map(({ kind, level, text, hint, numbers, since }): [VerdictKind, OpenVerdict] => {
    const refusedAt = level === 'over' ? now.getTime() : null;
    return [kind, { kind, level, text, hint, numbers, since: since.getTime(), below: 0, refusedAt, writtenAt: 0 }];
  });
  return { ...newState(), open: Object.fromEntries(open) };
}

/** A mean that forgets: after `tauMs`, what was before counts for a third. */
export function smooth(before: number, value: number, spanMs: number, tauMs: number): number {
  return before + (value - before) * (1 - Math.exp(-Math.max(0, spanMs) / tauMs));
}
