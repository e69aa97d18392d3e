import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Guard } from '../guard.ts';
import { createNobodies } from './nobodies.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LIMITS = { nobodiesMax: 4, nobodiesPerSourceMax: 2, nobodyMs: 60_000 };

function guardFrom(source: string | null): Guard {
  const gone = new AbortController();
  const end = () => gone.abort();
  return { source, gone: gone.signal, end, cut: end } as unknown as Guard;
}

describe('nobodies', () => {
  it('have few connections from one source, and a new one when another has ended', () => {
    const nobodies = createNobodies(LIMITS);
    const [first, second, third] = [guardFrom('a'), guardFrom('a'), guardFrom('a')];
    expect([first, second, third].map((guard) => nobodies.enter(guard))).toEqual([true, true, false]);
    expect([first, second, third].map(({ gone }) => gone.aborted)).toEqual([false, false, true]);
    expect(nobodies.enter(guardFrom('b'))).toBe(true);
    first.end('it leaves');
    expect(nobodies.enter(guardFrom('a'))).toBe(true);
  });

  it('make room for others: the oldest goes when there are as many as there may be', () => {
    const nobodies = createNobodies(LIMITS);
    const guards = ['a', 'b', 'c', 'd', 'e'].map(guardFrom);
    expect(guards.map((guard) => nobodies.enter(guard))).toEqual([true, true, true, true, true]);
    expect(guards.map(({ gone }) => gone.aborted)).toEqual([true, false, false, false, false]);
  });

  it('stay no longer than they may', () => {
    const nobodies = createNobodies(LIMITS);
    const guard = guardFrom(null);
    nobodies.enter(guard);
    vi.advanceTimersByTime(LIMITS.nobodyMs - 1);
    expect(guard.gone.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(guard.gone.aborted).toBe(true);
  });
});
