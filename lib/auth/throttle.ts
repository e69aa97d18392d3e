// Counts attempts of each caller in a sliding window, in memory: for what must not be guessed. Bounded in size.

import { AppError } from '../errors/app-error.ts';

const CALLERS_MAX = 10_000;

export interface Throttle {
  /** Counts one attempt. Throws `too-many-requests` when it is one too many. */
  attempt(caller: string): void;
}

export function createThrottle(attemptsMax: number, windowMs: number, now: () => number = Date.now): Throttle {
  const attempts = new Map<string, number[]>();
  return {
    attempt(caller) {
      const at = now();
      const recent = (attempts.get(caller) ?? []).filter((time) => time > at - windowMs);
      if (recent.length >= attemptsMax) throw tooManyAttempts(attemptsMax, windowMs, (recent[0] ?? at) + windowMs - at);
      attempts.delete(caller);
      attempts.set(caller, [...recent, at]);
      const oldest = attempts.keys().next().value;
      if (attempts.size > CALLERS_MAX && oldest !== undefined) attempts.delete(oldest);
    },
  };
}

function tooManyAttempts(attemptsMax: number, windowMs: number, waitMs: number): AppError {
  const seconds = Math.max(Math.ceil(waitMs / 1000), 1);
  return new AppError('too-many-requests', {
    message: `More than ${attemptsMax} attempts in ${Math.round(windowMs / 1000)} seconds.`,
    hint: `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
    details: { retryAfterSeconds: seconds },
  });
}
