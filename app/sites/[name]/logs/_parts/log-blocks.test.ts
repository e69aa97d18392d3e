import { expect, test } from 'vitest';
import type { LogLine } from '#lib/logs/line.ts';
import {
  countOf,
  holdArrivals,
  LINES_MAX,
  NOTHING_HELD,
  onlyNew,
  passes,
  splitAtMatches,
  waitMore,
} from './log-blocks.ts';

const line = (number: number, text = 'x', release = 1): LogLine => ({
  release,
  at: `2026-01-01T00:00:00.${String(number).padStart(9, '0')}Z`,
  text,
});
const lines = (count: number, from = 0) => Array.from({ length: count }, (_, index) => line(from + index));

test('what arrives is at the end, and blocks that are full stay the same object', () => {
  const first = holdArrivals(NOTHING_HELD, [{ lines: lines(150) }]);
  const second = holdArrivals(first, [{ lines: lines(2, 150) }, { leftOut: 9 }]);
  expect(second.blocks.map(({ entries }) => entries.length)).toEqual([100, 53]);
  expect(second.blocks[0]).toBe(first.blocks[0]);
  expect(second.blocks[1]).not.toBe(first.blocks[1]);
  expect(first.blocks[1]?.entries).toHaveLength(50);
  expect(second.blocks[1]?.entries.at(-1)).toEqual({ id: 152, kind: 'left-out', count: 9 });
});

test('no more than 5,000 lines are held', () => {
  let held = NOTHING_HELD;
  for (let round = 0; round < 60; round += 1) held = holdArrivals(held, [{ lines: lines(170, round * 170) }]);
  const count = held.blocks.reduce((sum, { entries }) => sum + entries.length, 0);
  expect(count).toBeLessThanOrEqual(LINES_MAX);
  expect(count).toBeGreaterThan(LINES_MAX - 101);
});

test('a stream that begins again tells only what is new', () => {
  const held = holdArrivals(NOTHING_HELD, [{ lines: [...lines(10), line(3, 'other', 2)] }]);
  expect(onlyNew(held, [...lines(12), line(3, 'other', 2), line(0, 'third', 3)])).toEqual([
    line(10),
    line(11),
    line(0, 'third', 3),
  ]);
});

test('while paused the newest wait, and what went is counted', () => {
  let waiting = waitMore([], { lines: lines(3_000) });
  waiting = waitMore(waiting, { lines: lines(3_000) });
  waiting = waitMore(waiting, { leftOut: 5 });
  expect(countOf(waiting)).toBe(3_000);
  expect(waiting[0]).toEqual({ leftOut: 3_000 });
});

test('a filter looks at the words, not at colours or case', () => {
  const plain = (text: string) => text.replaceAll('\u001b[31m', '');
  const entry = { id: 0, kind: 'line' as const, line: line(0, 'Err\u001b[31mOR here', 7) };
  expect(passes(entry, { query: 'error', release: null }, plain)).toBe(true);
  expect(passes(entry, { query: 'error', release: 8 }, plain)).toBe(false);
  expect(passes({ id: 1, kind: 'left-out', count: 1 }, { query: 'x', release: null }, plain)).toBe(false);
  expect(splitAtMatches('an Error and an error', 'ERROR')).toEqual(['an ', 'Error', ' and an ', 'error', '']);
  expect(splitAtMatches('İx', 'x')).toEqual(['İx']);
});
