// Hands each reading to those who want it. One that fails or is late stops neither the reading nor the others, and
// misses nothing: what it has not seen is added to the next that it gets.

import type { Log } from '#lib/log.ts';
import { mergeReadings } from '#lib/usage/merge.ts';
import type { Reading } from '#lib/usage/reading.ts';

export interface Subscriber {
  title: string;
  take(reading: Reading): Promise<void>;
}

export interface Delivery {
  /** Returns at once. */
  deliver(reading: Reading): void;
  /** Answers when nobody is at work any more. */
  settled(): Promise<void>;
}

export function createDelivery(log: Log, subscribers: readonly Subscriber[]): Delivery {
  const boxes = subscribers.map((subscriber) => createBox(log, subscriber));
  return {
    deliver(reading) {
      for (const box of boxes) box.put(reading);
    },
    async settled() {
      await Promise.all(boxes.map((box) => box.settled()));
    },
  };
}

function createBox(log: Log, { title, take }: Subscriber) {
  let waiting: Reading | null = null;
  let working: Promise<void> | null = null;

  const work = async () => {
    const reading = waiting;
    waiting = null;
    if (!reading) return;
    try {
      await take(reading);
    } catch (error) {
      log.error({ cause: error instanceof Error ? error.stack : String(error) }, `${title} failed`);
      waiting = waiting ? mergeReadings(reading, waiting) : reading;
    }
  };
  return {
    put(reading: Reading) {
      waiting = waiting ? mergeReadings(waiting, reading) : reading;
      working ??= work().finally(() => {
        working = null;
      });
    },
    async settled() {
      await working;
    },
  };
}
