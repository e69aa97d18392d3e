import { expect, test } from 'vitest';
import { createOrderBudget, turnsOf } from './turns.ts';

const due = (names: string) => names.split(' ').map((name) => ({ siteId: name.slice(0, 1), name }));
const names = (groups: { name: string }[][]) => groups.map((group) => group.map(({ name }) => name).join(' '));

test('a site with many names has a few turns, and the others have theirs', () => {
  expect(names(turnsOf(due('a1 a2 a3 a4 b1 a5 c1'), 2, 10))).toEqual(['a1 a2', 'b1', 'c1']);
  expect(names(turnsOf(due('a1 b1 c1 d1'), 2, 3))).toEqual(['a1', 'b1', 'c1']);
  expect(turnsOf([], 2, 3)).toEqual([]);
});

test('orders of certificates end at the number of an hour, of a site and of all', () => {
  const budget = createOrderBudget({ perSite: 2, inAll: 3 });
  const minute = 60_000;
  expect([budget.take('a', 0), budget.take('a', 1), budget.take('a', 2)]).toEqual([true, true, false]);
  expect([budget.take('b', 3), budget.take('c', 4)]).toEqual([true, false]);
  expect(budget.take('a', 61 * minute)).toBe(true);
});
