import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSlots } from './slots.ts';

test('no more run than there are slots, in all and for one key, and who waits comes in order', async () => {
  const slots = createSlots({ total: 2, perKey: 1, waitMs: 1_000, waitersMax: 5 });
  const first = await slots.take('a');
  const order: string[] = [];
  const again = slots.take('a').then((release) => {
    order.push('a');
    return release;
  });
  const second = await slots.take('b');
  const third = slots.take('c').then((release) => {
    order.push('c');
    return release;
  });
  second?.();
  (await third)?.();
  first?.();
  first?.();
  (await again)?.();
  expect(order).toEqual(['c', 'a']);
});

test('who waits too long, or finds too many waiting, is turned away', async () => {
  const slots = createSlots({ total: 1, perKey: 1, waitMs: 10, waitersMax: 1 });
  await slots.take('a');
  const waiting = slots.take('b');
  expect(await slots.take('c')).toBeNull();
  expect(await waiting).toBeNull();
});

test('of one key no more than half of the line waits', async () => {
  const slots = createSlots({ total: 1, perKey: 1, waitMs: 50, waitersMax: 4 });
  await slots.take('a');
  const waiting = [slots.take('a'), slots.take('a')];
  const startedAt = performance.now();
  expect(await slots.take('a')).toBeNull();
  expect(performance.now() - startedAt).toBeLessThan(40);
  waiting.push(slots.take('b'));
  expect(await Promise.all(waiting)).toEqual([null, null, null]);
});

test('giving back twice frees one slot only', async () => {
  const slots = createSlots({ total: 1, perKey: 1, waitMs: 5, waitersMax: 5 });
  const release = await slots.take('a');
  release?.();
  release?.();
  await slots.take('a');
  expect(await slots.take('b')).toBeNull();
});

describe('a slow holder', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('gives way to who waits, but not to one who waits for his own slots', async () => {
    const slots = createSlots({ total: 2, perKey: 1, waitMs: 5_000, waitersMax: 5 });
    const asked: string[] = [];
    const take = async (key: string, isSlow: boolean) => {
      const release = await slots.take(key, {
        isSlow: () => isSlow,
        giveWay: () => {
          asked.push(key);
          release?.();
        },
      });
      return release;
    };
    await take('quick', false);
    await take('slow', true);
    const again = slots.take('quick');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(asked).toEqual([]);

    const other = slots.take('other');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toEqual(['slow']);
    expect(await other).not.toBeNull();
    expect(await again).toBeNull();
  });

  test('stays as long as nobody waits', async () => {
    const slots = createSlots({ total: 1, perKey: 1, waitMs: 100, waitersMax: 5 });
    const giveWay = vi.fn();
    (await slots.take('a', { isSlow: () => true, giveWay }))?.();
    await slots.take('a', { isSlow: () => true, giveWay });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(giveWay).not.toHaveBeenCalled();
  });
});
