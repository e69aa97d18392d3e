import { expect, test } from 'vitest';
import { createStartPace } from './start-pace.ts';

const site = { id: 'a', generation: 1 };

test('a container that ends again and again is started after longer and longer pauses, and given up at the fifth end', () => {
  let now = 0;
  const pace = createStartPace(() => now);
  const pauses: number[] = [];
  while (pace.storm(site) === null) {
    pauses.push(pace.waitMs(site));
    now += pace.waitMs(site);
    expect(pace.waitMs(site)).toBe(0);
    pace.started(site);
  }
  expect(pauses).toEqual([0, 1_000, 3_000, 10_000]);
  expect(pace.storm(site)).toEqual({ ends: 5, minutes: 1 });
  pace.forget(site.id);
  expect(pace.storm(site)).toBeNull();
  expect(pace.waitMs(site)).toBe(0);
});

test('ends count for ten minutes', () => {
  let now = 0;
  const pace = createStartPace(() => now);
  for (let round = 0; round < 12; round += 1) {
    expect(pace.storm(site)).toBeNull();
    pace.started(site);
    now += 200_000;
  }
  now += 600_000;
  for (const pauseMs of [0, 170_000, 170_000, 170_000]) {
    now += pauseMs;
    pace.started(site);
  }
  expect(pace.storm(site)).toEqual({ ends: 5, minutes: 9 });
  now += 600_000;
  expect(pace.storm(site)).toBeNull();
  expect(pace.waitMs(site)).toBe(0);
});

test('a restart that somebody asks for does not wait, and another site never does', () => {
  const pace = createStartPace(() => 0);
  pace.started(site);
  expect(pace.waitMs({ ...site, generation: 2 })).toBe(0);
  expect(pace.waitMs({ ...site, id: 'b' })).toBe(0);
  pace.forget('a');
  expect(pace.waitMs(site)).toBe(0);
});
