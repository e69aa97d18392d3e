import { expect, test } from 'vitest';
import type { SiteLimits } from '../sites/limits.ts';
import { driftOf, tellDrift } from './drift.ts';

const MB = 2 ** 20;
const WANTED = { memoryBytesMax: 256 * MB, pidsMax: 128, cpuMillisMax: 1000, diskBytesMax: 1024 * MB } as SiteLimits;
const container = { memoryBytesMax: 256 * MB, pidsMax: 128, cpuMillisMax: 1000 };
const asWanted = { container, diskBytesMax: 1024 * MB };
const sentences = (change: object, isHeld = false) =>
  driftOf(WANTED, isHeld, { ...asWanted, ...change }).map(tellDrift);

test('what is as it should be is no drift, and neither is what is not there', () => {
  expect(sentences({})).toEqual([]);
  expect(sentences({ container: null, diskBytesMax: undefined })).toEqual([]);
});

test('each limit that differs is told with both numbers', () => {
  expect(sentences({ container: { memoryBytesMax: 512 * MB, pidsMax: 100, cpuMillisMax: 2000 } })).toEqual([
    'The memory limit was 512 MB instead of 256 MB; corrected.',
    'The processes limit was 100 instead of 128; corrected.',
    'The CPU limit was 2 cores instead of 1 core; corrected.',
  ]);
  expect(sentences({ diskBytesMax: 2048 * MB })).toEqual(['The disk limit was 2 GB instead of 1 GB; corrected.']);
});

test('a limit that was off is told so', () => {
  expect(
    sentences({ container: { ...container, memoryBytesMax: Number.POSITIVE_INFINITY }, diskBytesMax: null }),
  ).toEqual([
    'The memory limit was off instead of 256 MB; corrected.',
    'The disk limit was off instead of 1 GB; corrected.',
  ]);
});

test('the kernel’s rounding to pages is no drift', () => {
  expect(sentences({ container: { ...container, memoryBytesMax: 256 * MB - 4095 } })).toEqual([]);
});

test('a held disk may have less than its limit, and not more', () => {
  expect(sentences({ diskBytesMax: 300 * MB }, true)).toEqual([]);
  expect(sentences({ diskBytesMax: 2048 * MB }, true)).toHaveLength(1);
  expect(sentences({ diskBytesMax: null }, true)).toHaveLength(1);
});
