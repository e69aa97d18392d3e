import { expect, test } from 'vitest';
import { createStartPace } from './start-pace.ts';

const site = { id: 'a', generation: 1 };

test('a container that ends again and again is started after longer and longer pauses, five minutes at most', () => {
  let now = 0;
  const pace = createStartPace(() => now);
  const pauses: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    pauses.push(pace.waitMs(site));
    now += pace.waitMs(site);
    expect(pace.waitMs(site)).toBe(0);
    expect(pace.started(site)).toBe(round + 1);
  }
  expect(pauses).toEqual([0, 1_000, 3_000, 10_000, 30_000, 60_000, 300_000, 300_000]);
});

test('ten minutes of life make up for it', () => {
  let now = 0;
  const pace = createStartPace(() => now);
  for (let round = 0; round < 5; round += 1) pace.started(site);
  now += 600_000;
  expect(pace.waitMs(site)).toBe(0);
  expect(pace.started(site)).toBe(1);
});

test('a restart that somebody asks for does not wait, and another site never does', () => {
  const pace = createStartPace(() => 0);
  pace.started(site);
  expect(pace.waitMs({ ...site, generation: 2 })).toBe(0);
  expect(pace.waitMs({ ...site, id: 'b' })).toBe(0);
  pace.forget('a');
  expect(pace.waitMs(site)).toBe(0);
});
