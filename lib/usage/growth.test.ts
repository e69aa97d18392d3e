import { expect, test } from 'vitest';
import { createGrowth, slopePerHour } from './growth.ts';

const HOUR = 3_600_000;
const every = (bytes: number[], stepMs = 30_000) => bytes.map((each, index) => ({ atMs: index * stepMs, bytes: each }));

test('a steady growth is what it is an hour', () => {
  expect(slopePerHour(every([0, 10, 20, 30]))).toBe(10 * 120);
  expect(slopePerHour(every([30, 20, 10]))).toBe(-10 * 120);
});

test('one big file is not a trend, and neither is one odd look', () => {
  expect(slopePerHour(every([5, 5, 5, 5, 5, 5, 5, 5, 1_000_005, 1_000_005]))).toBe(0);
  expect(slopePerHour(every([0, 10, 20, 0, 40, 50, 60]))).toBe(1_200);
});

test('too few looks tell nothing', () => {
  expect(slopePerHour(every([0, 1_000]))).toBe(0);
  expect(
    slopePerHour([
      { atMs: 1, bytes: 1 },
      { atMs: 1, bytes: 2 },
      { atMs: 1, bytes: 3 },
    ]),
  ).toBe(0);
});

test('the last ten minutes count, and a site that has gone is forgotten', () => {
  const growth = createGrowth();
  let last = 0;
  for (let atMs = 0; atMs < HOUR; atMs += 2_000) last = growth.add('site', atMs, atMs < HOUR / 2 ? atMs * 1_000 : 0);
  expect(last).toBe(0);
  for (let atMs = HOUR; atMs < 2 * HOUR; atMs += 2_000) last = growth.add('site', atMs, (atMs - HOUR) * 2);
  expect(last).toBe(2 * HOUR);
  growth.keepOnly(new Set());
  expect(growth.add('site', 3 * HOUR, 1)).toBe(0);
});

test('what a fresh site writes in its first minutes is no trend', () => {
  const growth = createGrowth();
  const told = [0, 24, 48, 64].map((kilobytes, look) => growth.add('site', look * 30_000, kilobytes * 1_024));
  expect(told).toEqual([0, 0, 0, 0]);
});
