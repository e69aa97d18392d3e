import { expect, it } from 'vitest';
import { type Counted, planCounts } from './inode-counter.ts';
import { parseRows } from './inode-search.ts';

const NOW_MS = 1_000_000;
const PROBE = { tree: 257, generation: 9, highest: 10_255 };
const COUNTED: Counted = {
  tree: 257,
  generation: 9,
  highest: 10_255,
  count: 10_000,
  tookMs: 30,
  atMs: NOW_MS - 10_000,
};

function plan(probe: Partial<typeof PROBE>, counted: Partial<Counted> | null) {
  const before = new Map(counted ? [['a', { ...COUNTED, ...counted }]] : []);
  return planCounts(new Map([['a', { ...PROBE, ...probe }]]), before, NOW_MS).keys;
}

it('counts a disk that was never counted, and one that was put back from a snapshot', () => {
  expect(plan({}, null)).toEqual(['a']);
  expect(plan({ tree: 300 }, {})).toEqual(['a']);
});

it('leaves a disk alone on which nothing changed', () => {
  expect(plan({}, {})).toEqual([]);
  expect(plan({}, { atMs: 0 })).toEqual([]);
});

it('counts again when much may have been made, at once', () => {
  expect(plan({ highest: 10_500, generation: 10 }, { atMs: NOW_MS - 500 })).toEqual(['a']);
  expect(plan({ highest: 10_300, generation: 10 }, { atMs: NOW_MS - 500 })).toEqual([]);
});

it('counts again when anything changed, which may be a deletion, after some seconds', () => {
  expect(plan({ generation: 10 }, { atMs: NOW_MS - 6_000 })).toEqual(['a']);
  expect(plan({ generation: 10 }, { atMs: NOW_MS - 4_000 })).toEqual([]);
});

it('lets the pause grow with what a count costs', () => {
  expect(plan({ generation: 10 }, { tookMs: 1_000, atMs: NOW_MS - 40_000 })).toEqual([]);
  expect(plan({ generation: 10 }, { tookMs: 1_000, atMs: NOW_MS - 60_000 })).toEqual(['a']);
  expect(plan({ highest: 99_999 }, { tookMs: 1_000, atMs: NOW_MS - 5_000 })).toEqual([]);
});

it('begins where most may have been made, and takes a bounded number at once', () => {
  const probes = new Map(Array.from({ length: 200 }, (_, index) => [`${index}`, { ...PROBE, highest: 1_000 + index }]));
  const { keys, share } = planCounts(probes, new Map(), NOW_MS);
  expect(keys.slice(0, 3)).toEqual(['199', '198', '197']);
  expect(keys.length).toBe(64);
  expect(share).toBeLessThanOrEqual(0.1);
});

it('reads counts and nothing else', () => {
  expect(parseRows('1 2 3\n-\n4 5\n6 x 7\n', 3)).toEqual([[1, 2, 3], null, null, null]);
  expect(parseRows('', 3)).toEqual([]);
});
