import { expect, test } from 'vitest';
import { meter, NO_COUNTERS, remember } from './meter.ts';

const sample = {
  ...NO_COUNTERS,
  memoryBytes: 1,
  pids: 1,
  cpuMicros: 3_000_000,
  oomKills: 2,
  rxBytes: 500,
  periods: 100,
  throttledPeriods: 40,
  opened: 1,
};

test('what happened is the growth since the reading before, and rates are of that span', () => {
  const before = remember(sample, 1_000);
  const now = {
    ...sample,
    cpuMicros: 4_000_000,
    oomKills: 3,
    rxBytes: 900,
    periods: 120,
    throttledPeriods: 50,
  };
  expect(meter(now, before, 3_000)).toEqual({
    spanMs: 2_000,
    counters: { ...NO_COUNTERS, cpuMicros: 4_000_000, oomKills: 3, rxBytes: 900 },
    since: { ...NO_COUNTERS, cpuMicros: 1_000_000, oomKills: 1, rxBytes: 400 },
    cpuMillis: 500,
    throttledShare: 0.5,
  });
});

test('a container that is new begins at zero, and all it did happened since', () => {
  expect(meter(sample, 'born', 3_000)).toMatchObject({ spanMs: 0, cpuMillis: 0, since: { cpuMicros: 3_000_000 } });
});

test('one that may have run for long has nothing to compare with', () => {
  expect(meter(sample, null, 3_000)).toMatchObject({ spanMs: 0, since: NO_COUNTERS, throttledShare: 0 });
});

test('one that was started again begins anew, however much it has done already', () => {
  const before = remember(sample, 1_000);
  const busier = { ...sample, opened: 2, cpuMicros: 9_000_000 };
  expect(meter(busier, before, 3_000)).toMatchObject({ spanMs: 0, since: { cpuMicros: 9_000_000, oomKills: 2 } });
});

test('a new process counts on from what the one before wrote down', () => {
  const before = { ...remember(sample, 0), periods: null, opened: null };
  const now = { ...sample, opened: 7, cpuMicros: 63_000_000, oomKills: 5 };
  expect(meter(now, before, 60_000)).toMatchObject({ spanMs: 60_000, cpuMillis: 1_000, since: { oomKills: 3 } });
  const restarted = { ...sample, opened: 7, cpuMicros: 1_000 };
  expect(meter(restarted, before, 60_000)).toMatchObject({ spanMs: 0, since: { cpuMicros: 1_000, oomKills: 2 } });
});

test('nothing ever goes backwards', () => {
  const now = { ...sample, rxBytes: 100, periods: 10, throttledPeriods: 0 };
  const result = meter(now, remember(sample, 1_000), 500);
  expect(Math.min(result.spanMs, result.throttledShare, ...Object.values(result.since))).toBe(0);
});
