// How many pieces of work run at a time, in all and for one key, with a bounded wait in order of arrival.

import { invariant } from '../errors/app-error.ts';

export interface SlotBounds {
  total: number;
  perKey: number;
  waitMs: number;
  /** Who would be later in line than this is turned away at once, and of one key who would be in its second half. */
  waitersMax: number;
}

/** Work that holds a slot, and can be asked for it while somebody waits for one. */
export interface Holder {
  /** Whether it makes too little of its slot, which it has had for so long. */
  isSlow(heldMs: number): boolean;
  /** Ends the work, which then gives the slot back. */
  giveWay(): void;
}

export interface Slots {
  /**
   * The way to give the slot back (safe to repeat), or null when none came free in time. While all slots are taken and
   * somebody waits, a slow holder has to give way, one at a time.
   */
  take(key: string, holder?: Holder): Promise<(() => void) | null>;
}

interface Waiter {
  key: string;
  holder: Holder | undefined;
  start: (release: () => void) => void;
}

const LOOK_MS = 1_000;

export function createSlots(bounds: SlotBounds): Slots {
  invariant(bounds.total > 0 && bounds.perKey > 0, 'slots need room for one');
  const held = new Map<string, number>();
  const waiters = new Set<Waiter>();
  const holders = new Map<Holder, number>();
  let looking: NodeJS.Timeout | undefined;
  let inUse = 0;

  const isFree = (key: string) => inUse < bounds.total && (held.get(key) ?? 0) < bounds.perKey;

  const hold = (key: string, holder: Holder | undefined) => {
    inUse += 1;
    held.set(key, (held.get(key) ?? 0) + 1);
    if (holder) holders.set(holder, performance.now());
    let released = false;
    return () => {
      if (released) return;
      released = true;
      inUse -= 1;
      if (holder) holders.delete(holder);
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
      waiter.start(hold(waiter.key, waiter.holder));
    }
  };

  /** Whoever waits for one of his own key's slots makes nobody give way. */
  const lookForSlow = () => {
    if (waiters.size === 0) {
      clearInterval(looking);
      looking = undefined;
    }
    const isWanted = [...waiters].some(({ key }) => (held.get(key) ?? 0) < bounds.perKey);
    if (!isWanted) return;
    const now = performance.now();
    const slow = [...holders].find(([holder, since]) => holder.isSlow(now - since));
    if (!slow) return;
    holders.delete(slow[0]); // It has been asked.
    slow[0].giveWay();
  };

  return {
    async take(key, holder) {
      if (isFree(key)) return hold(key, holder);
      const ofKey = [...waiters].filter((waiter) => waiter.key === key).length;
      if (waiters.size >= bounds.waitersMax || ofKey >= bounds.waitersMax / 2) return null;
      const { promise, resolve } = Promise.withResolvers<(() => void) | null>();
      const waiter: Waiter = { key, holder, start: resolve };
      waiters.add(waiter);
      looking ??= setInterval(lookForSlow, LOOK_MS).unref();
      const timer = setTimeout(() => {
        if (waiters.delete(waiter)) resolve(null);
      }, bounds.waitMs);
      return promise.finally(() => clearTimeout(timer));
    },
  };
}
