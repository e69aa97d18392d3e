import { describe, expect, it } from 'vitest';
import { duration, relativeTime } from './time-words.ts';

const MINUTE = 60_000;

describe('relativeTime', () => {
  it.each([
    [30_000, 'now'],
    [-5 * MINUTE, '5 min ago'],
    [90 * MINUTE, 'in 1 h 30 min'],
    [24 * 60 * MINUTE, 'in 24 h'],
    [12 * 24 * 60 * MINUTE, 'in 12 days'],
  ])('says %i ms as "%s"', (distance, words) => {
    expect(relativeTime(1e12 + distance, 1e12)).toBe(words);
  });
});

describe('duration', () => {
  it.each([
    [812, '0.8 s'],
    [12_400, '12 s'],
    [200_000, '3 min 20 s'],
  ])('says %i ms as "%s"', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});
