import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Waits until it holds; answers false when it did not within the time. */
export async function until(isTrue: () => boolean | Promise<boolean>, waitMs = 10_000): Promise<boolean> {
  for (const deadline = Date.now() + waitMs; Date.now() < deadline; await sleep(POLL_MS))
    if (await isTrue()) return true;
  return false;
}
