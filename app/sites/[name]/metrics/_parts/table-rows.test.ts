import { expect, test } from 'vitest';
import type { SiteLines } from '#lib/usage/site-history.ts';
import { tableRows } from './table-rows.ts';

const COLUMNS = ['disk', 'inodes', 'memory', 'cpu', 'pids', 'requests', 'errors', 'p50', 'p95', 'network'] as const;

function lines(values: (number | null)[]): SiteLines {
  const at = values.map((_, index) => 1_000 + 10 * index);
  return Object.fromEntries(COLUMNS.map((name) => [name, { at, values }])) as SiteLines;
}

test('a table has no more rows than asked for, the newest first', () => {
  const rows = tableRows(lines([1, 2, 3, 4, 5]), 2);
  expect(rows.map(({ at }) => at)).toEqual([1_030, 1_000]);
});

test('what happens is the mean of its span, what is used the most in it', () => {
  const [row] = tableRows(lines([2, null, 4]), 1);
  expect(row?.values).toMatchObject({ requests: 3, network: 3, memory: 4, p95: 4 });
});

test('a span in which nothing was read tells nothing, and lines without points make no rows', () => {
  expect(tableRows(lines([null, null]), 1)[0]?.values.memory).toBe(null);
  expect(tableRows(lines([]), 24)).toEqual([]);
});
