// The place of a job in the queue: few are worked on at a time, and one that may take minutes must not keep launches and
// deletes waiting.

import { setTimeout as sleep } from 'node:timers/promises';

/** Answers when the work is done, or after so long, while it goes on. Its failure after that is given to `onLate`. */
export async function keepPlace(
  work: () => Promise<unknown>,
  placeMsMax: number,
  onLate: (error: unknown) => void,
): Promise<void> {
  const over = new AbortController();
  let isLate = false;
  const working = work().then(
    () => {},
    (error) => {
      if (!isLate) throw error;
      onLate(error);
    },
  );
  const late = sleep(placeMsMax, undefined, { signal: over.signal }).then(
    () => {
      isLate = true;
    },
    () => {}, // It was done in time.
  );
  await Promise.race([working, late]).finally(() => over.abort());
}
