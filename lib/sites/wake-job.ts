// A wake that somebody asked for and does not wait for. It has few places in the queue to itself: a program that never
// listens takes half a minute to be given up, and as many sites as there are places would keep all other work out.

import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import type { Waker } from './wake.ts';

/** Most sites wake within this. */
const PLACE_MS_MAX = 2_000;

/** Answers when the site is awake or did not wake, or after two seconds, while it goes on. Throws what is our fault. */
export async function wakeForJob(
  { waker, log }: { waker: Pick<Waker, 'wake'>; log: Log },
  siteId: string,
  placeMsMax: number = PLACE_MS_MAX,
): Promise<void> {
  const over = new AbortController();
  let isLate = false;
  const waking = waker.wake(siteId).then(
    () => {},
    (error) => {
      if (error instanceof AppError) return;
      if (!isLate) throw error;
      log.error({ siteId, cause: String(error?.stack ?? error) }, 'a site could not be woken');
    },
  );
  const late = sleep(placeMsMax, undefined, { signal: over.signal }).then(
    () => {
      isLate = true;
    },
    () => {}, // It woke in time.
  );
  await Promise.race([waking, late]).finally(() => over.abort());
}
