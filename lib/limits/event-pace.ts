// A site that crosses a limit again and again must not write a row each time: of each kind a few events at once, and then
// one every half a minute. Its open verdicts stay true meanwhile. Pure.

const AT_ONCE = 6;
const EVERY_MS = 30_000;

export interface Pace {
  /** Events that may still be told. */
  left: number;
  at: number;
}

/** Whether one more may be told, and what is left then. */
export function mayTell(pace: Pace | null, now: number): { isAllowed: boolean; next: Pace } {
  const left = pace ? Math.min(AT_ONCE, pace.left + Math.max(0, now - pace.at) / EVERY_MS) : AT_ONCE;
  return left >= 1
    ? { isAllowed: true, next: { left: left - 1, at: now } }
    : { isAllowed: false, next: { left, at: now } };
}
