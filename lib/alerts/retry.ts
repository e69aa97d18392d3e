// When a message that could not be delivered is tried again, and when it is given up.

export const ATTEMPTS_MAX = 8;
const FIRST_MS = 10_000;
const LAST_MS = 3_600_000;

/** Milliseconds until the next attempt after this many: 10 s, 30 s, 90 s … one hour. Null: no more. Pure. */
export function retryMs(attempts: number): number | null {
  return attempts >= ATTEMPTS_MAX ? null : Math.min(FIRST_MS * 3 ** (attempts - 1), LAST_MS);
}
