// How often one caller may ask: a bucket for all requests and one for those that change something, which fill evenly and
// hold a minute's worth. In memory of this process, and bounded; a request costs one look into a map.

import { AppError } from '../errors/app-error.ts';

export const WINDOW_SECONDS = 60;
const CALLERS_MAX = 10_000;

export interface RateLimit {
  count(caller: string, isChange: boolean): Counted;
}

export interface Counted {
  /** `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11): the limits, and what is left of them. */
  headers: Record<string, string>;
  /** Null: the request may go on. */
  refused: AppError | null;
}

interface Bucket {
  left: number;
  /** When `left` was right, in milliseconds. */
  at: number;
}

export function createRateLimit(
  { requestsPerMinute, changesPerMinute }: { requestsPerMinute: number; changesPerMinute: number },
  now: () => number = Date.now,
): RateLimit {
  const callers = new Map<string, { requests: Bucket; changes: Bucket }>();
  const policy = `"requests";q=${requestsPerMinute};w=${WINDOW_SECONDS}, "changes";q=${changesPerMinute};w=${WINDOW_SECONDS}`;
  return {
    count(caller, isChange) {
      const at = now();
      const known = callers.get(caller);
      const requests = filled(known?.requests, requestsPerMinute, at);
      const changes = filled(known?.changes, changesPerMinute, at);
      const refusing = refusingOf(requests, isChange ? changes : null, { requestsPerMinute, changesPerMinute });
      if (refusing === null) {
        requests.left -= 1;
        if (isChange) changes.left -= 1;
      }
      callers.delete(caller);
      callers.set(caller, { requests, changes });
      const oldest = callers.keys().next().value;
      if (callers.size > CALLERS_MAX && oldest !== undefined) callers.delete(oldest);
      const left = [tellLeft('requests', requests, requestsPerMinute), tellLeft('changes', changes, changesPerMinute)];
      return { headers: { 'ratelimit-policy': policy, ratelimit: left.join(', ') }, refused: refusing };
    },
  };
}

function filled(bucket: Bucket | undefined, max: number, at: number): Bucket {
  if (!bucket) return { left: max, at };
  const gained = (Math.max(at - bucket.at, 0) / 1_000) * (max / WINDOW_SECONDS);
  return { left: Math.min(bucket.left + gained, max), at };
}

function refusingOf(
  requests: Bucket,
  changes: Bucket | null,
  max: { requestsPerMinute: number; changesPerMinute: number },
): AppError | null {
  if (requests.left < 1) return tooMany(requests, max.requestsPerMinute, 'requests');
  return changes && changes.left < 1 ? tooMany(changes, max.changesPerMinute, 'changes') : null;
}

/** `t`: seconds until all of it is there again. */
function tellLeft(name: string, { left }: Bucket, max: number): string {
  const seconds = Math.ceil((max - left) / (max / WINDOW_SECONDS));
  return `"${name}";r=${Math.floor(left)};t=${seconds}`;
}

function tooMany({ left }: Bucket, max: number, what: string): AppError {
  const seconds = Math.max(Math.ceil((1 - left) / (max / WINDOW_SECONDS)), 1);
  return new AppError('too-many-requests', {
    message: `More than ${max} ${what} in a minute.`,
    hint: `Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, and ask less often; the RateLimit header says what is left.`,
    details: { retryAfterSeconds: seconds },
  });
}
