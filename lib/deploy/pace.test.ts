import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

const LIMITS = { burstBytes: 1000, bytesPerSecond: 100 };

test('what a build prints is read at once, up to the burst', () => {
  const pace = createPace(LIMITS, () => 0);
  expect([pace(400), pace(600)]).toEqual([0, 0]);
});

test('past the burst the reader is told to pause until the rate is kept', () => {
  let now = 0;
  const pace = createPace(LIMITS, () => now);
  pace(1000);
  expect(pace(50)).toBe(500);
  now += 500;
  expect(pace(10)).toBe(100);
});

test('silence gives the burst back, and no more than that', () => {
  let now = 0;
  const pace = createPace(LIMITS, () => now);
  pace(1000);
  now += 3_600_000;
  expect(pace(1000)).toBe(0);
  expect(pace(1)).toBe(10);
});
