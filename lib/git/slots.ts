// How many pieces of work run at a time, in all and for one key, with a bounded wait in order of arrival.

import { invariant } from '../errors/app-error.ts';

export interface SlotBounds {
  total: number;
  perKey: number;
  waitMs: number;
  /** Who would be later in line than this is turned away at once, and of one key who would be in its second half. */
  waitersMax: number;
}

export interface Slots {
  /** The way to give the slot back (safe to repeat), or null when none came free in time. */
  take(key: string): Promise<(() => void) | null>;
}

interface Waiter {
  key: string;
  start: (release: () => void) => void;
}

export function createSlots(bounds: SlotBounds): Slots {
  invariant(bounds.total > 0 && bounds.perKey > 0, 'slots need room for one');
  const held = new Map<string, number>();
  const waiters = new Set<Waiter>();
  let inUse = 0;

  const isFree = (key: string) => inUse < bounds.total && (held.get(key) ?? 0) < bounds.perKey;

  const hold = (key: string) => {
    inUse += 1;
    held.set(key, (held.get(key) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      inUse -= 1;
      const left = (held.get(key) ?? 1) - 1;
      if (left > 0) held.set(key, left);
      else held.delete(key);
      startNext();
    };
  };

  const startNext = () => {
    for (const waiter of waiters) {
      if (!isFree(waiter.key)) continue;
      waiters.delete(waiter);
      waiter.start(hold(waiter.key));
    }
  };

  return {
    async take(key) {
      if (isFree(key)) return hold(key);
      const ofKey = [...waiters].filter((waiter) => waiter.key === key).length;
      if (waiters.size >= bounds.waitersMax || ofKey >= bounds.waitersMax / 2) return null;
      const { promise, resolve } = Promise.withResolvers<(() => void) | null>();
      const waiter: Waiter = { key, start: resolve };
      waiters.add(waiter);
      const timer = setTimeout(() => {
        if (waiters.delete(waiter)) resolve(null);
      }, bounds.waitMs);
      return promise.finally(() => clearTimeout(timer));
    },
  };
}
