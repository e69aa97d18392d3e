import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeToFull, timeToFullWords } from './time-to-full.ts';

const MB = 1024 * 1024;
const HOUR = 3_600_000;

describe('timeToFull', () => {
  it.each([
    ['a disk that grows', { used: 700 * MB, max: 1000 * MB, growth: 100 * MB }, 3 * HOUR],
    ['a full disk', { used: 1000 * MB, max: 1000 * MB, growth: 0 }, 0],
    ['a disk over its limit', { used: 1100 * MB, max: 1000 * MB, growth: -5 * MB }, 0],
    ['a disk that shrinks', { used: 700 * MB, max: 1000 * MB, growth: -100 * MB }, null],
    ['growth that is noise', { used: 999 * MB, max: 1000 * MB, growth: 1000 }, null],
    ['a month away', { used: 0, max: 1024 * 1000 * MB, growth: MB }, null],
    ['an unread disk', { used: null, max: 1000 * MB, growth: 100 * MB }, null],
  ])('of %s', (_what, filling, expected) => {
    expect(timeToFull(filling)).toBe(expected);
  });

  it('comes no later when it grows faster', () => {
    const size = fc.integer({ min: MB, max: 1000 * MB });
    fc.assert(
      fc.property(size, size, size, (used, growth, more) => {
        const slow = timeToFull({ used, max: 2000 * MB, growth });
        const fast = timeToFull({ used, max: 2000 * MB, growth: growth + more });
        expect(fast ?? Infinity).toBeLessThanOrEqual(slow ?? Infinity);
      }),
    );
  });
});

describe('timeToFullWords', () => {
  it.each([
    [0, 'full'],
    [20_000, 'full in ~1 min'],
    [7 * 60_000, 'full in ~7 min'],
    [38 * 60_000, 'full in ~40 min'],
    [3 * HOUR, 'full in ~3 h'],
    [47 * HOUR, 'full in ~47 h'],
    [5 * 24 * HOUR, 'full in ~5 days'],
  ])('says %i ms as "%s"', (ms, words) => {
    expect(timeToFullWords(ms)).toBe(words);
  });
});
