// A terminal's size, from a client that may send any number any number of times.

import type { TerminalSize } from '#lib/terminal/protocol.ts';

const SIDE_MAX = 500;

/** Brings each side into 1..500; zero means the client does not know, and gets 80 × 24. */
export function clampSize(columns: number, rows: number): TerminalSize {
  return { columns: clampSide(columns, 80), rows: clampSide(rows, 24) };
}

function clampSide(value: number, unknown: number): number {
  if (!Number.isInteger(value) || value <= 0) return unknown;
  return Math.min(value, SIDE_MAX);
}

/**
 * Applies the first size at once and then the newest one, at most once in `intervalMs`: each is a call to the engine.
 * Returns the function that takes sizes.
 */
export function coalesceSizes(apply: (size: TerminalSize) => void, intervalMs: number): (size: TerminalSize) => void {
  let waiting: TerminalSize | null = null;
  let isResting = false;
  const next = () => {
    const size = waiting;
    waiting = null;
    isResting = size !== null;
    if (!size) return;
    setTimeout(next, intervalMs).unref();
    apply(size);
  };
  return (size) => {
    waiting = size;
    if (!isResting) next();
  };
}
