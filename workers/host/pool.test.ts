import { expect, test } from 'vitest';
import { mayHaveSimpleQuotas, planPool } from './pool-plan.ts';

const GB = 1 << 30;
const settings = { poolBytes: null, dataDir: '/data' };

test('without a setting the pool is half of the free disk, 64 GB at most', () => {
  expect(planPool(settings, { bytesFree: 40 * GB, file: null })).toBe(20 * GB);
  expect(planPool(settings, { bytesFree: 900 * GB, file: null })).toBe(64 * GB);
});

test('a pool that exists keeps its size, however little is free by now', () => {
  const file = { bytes: 20 * GB, bytesAllocated: 3 * GB };
  expect(planPool(settings, { bytesFree: 1 * GB, file })).toBe(20 * GB);
  expect(planPool({ ...settings, poolBytes: 10 * GB }, { bytesFree: 1 * GB, file })).toBe(20 * GB);
});

test('a larger setting grows the pool when the free disk covers what it does not have yet', () => {
  const file = { bytes: 20 * GB, bytesAllocated: 15 * GB };
  const larger = { ...settings, poolBytes: 30 * GB };
  expect(planPool(larger, { bytesFree: 16 * GB, file })).toBe(30 * GB);
  expect(() => planPool(larger, { bytesFree: 14 * GB, file })).toThrow(
    'A pool of 30 GB may still take 15 GB, but the disk of /data has 14 GB free.',
  );
});

test('too little disk is refused with the numbers', () => {
  expect(() => planPool(settings, { bytesFree: 6 * GB, file: null })).toThrow(
    'The disk of /data has 6 GB free; half of that is less than the 4 GB that the pool needs.',
  );
  expect(() => planPool({ ...settings, poolBytes: 1.5 * GB }, { bytesFree: 90 * GB, file: null })).toThrow(
    'LIGHTKEEPER_POOL_SIZE is 1.5 GB; the pool needs 4 GB at least.',
  );
  expect(() => planPool({ ...settings, poolBytes: 10 * GB }, { bytesFree: 9 * GB, file: null })).toThrow(/9 GB free/);
});

test.each([
  ['6.7.0', true],
  ['6.18.44-fc-v657', true],
  ['7.0.1-amd64', true],
  ['6.6.99', false],
  ['6.1.0-40-amd64', false],
  ['5.10.0', false],
  ['unknown', false],
])('kernel %s: simple quotas are worth a try: %s', (release, expected) => {
  expect(mayHaveSimpleQuotas(release)).toBe(expected);
});
