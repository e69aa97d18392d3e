// The keeper about itself: that it could not read, or took long. The limits are the kernel's and hold meanwhile; what is
// missing is that people are told. Pure.

import { keeperSentence } from './sentences.ts';

const SILENT_MS = 30_000;
/** A reading that takes longer is late for the next but four. */
const SLOW_MS = 10_000;
/** A slow keeper is told no more often. */
const SLOW_PAUSE_MS = 10 * 60_000;

export interface KeeperState {
  /** When the last reading was complete. */
  readAt: number;
  /** It has been told that there are none. */
  isSilent: boolean;
  slowAt: number;
}

export interface KeeperOutcome {
  state: KeeperState;
  event: { level: 'warn' | 'critical' | 'info'; text: string; numbers: Record<string, number> } | null;
}

/** `tookMs`: a reading was just completed and took as long; null: none was since the last call. */
export function judgeKeeper(before: KeeperState, tookMs: number | null, now: number): KeeperOutcome {
  const seconds = (now - before.readAt) / 1_000;
  if (tookMs === null) {
    if (before.isSilent || now - before.readAt <= SILENT_MS) return { state: before, event: null };
    return { state: { ...before, isSilent: true }, event: event('silent', 'critical', seconds) };
  }
  const state = { ...before, readAt: now, isSilent: false };
  if (before.isSilent) return { state, event: event('back', 'info', seconds) };
  // The database was away too, and nobody could be told.
  if (now - before.readAt > SILENT_MS) return { state, event: event('back', 'critical', seconds) };
  if (tookMs < SLOW_MS || now - before.slowAt < SLOW_PAUSE_MS) return { state, event: null };
  return { state: { ...state, slowAt: now }, event: event('slow', 'warn', tookMs / 1_000) };
}

function event(problem: 'silent' | 'slow' | 'back', level: 'warn' | 'critical' | 'info', seconds: number) {
  return { level, text: keeperSentence(problem, seconds), numbers: { seconds: Math.round(seconds) } };
}
