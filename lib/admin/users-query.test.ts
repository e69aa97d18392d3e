import { expect, test } from 'vitest';
import { parseUsersQuery } from './users-query.ts';

test('an address says which users, in which order', () => {
  const query = parseUsersQuery({ q: ' ada@ ', role: 'guest', sort: 'memory' });
  expect(query).toEqual({ text: 'ada@', role: 'guest', sort: 'memory' });
});

test.each([{}, { q: ['a', 'b'], role: 'root', sort: 'constructor' }, { role: '', sort: 'toString; drop' }])(
  '%j makes no sense and so shows all, the fullest first',
  (given) => {
    expect(parseUsersQuery(given)).toEqual({ text: '', role: null, sort: 'disk' });
  },
);

test('a long search is cut', () => {
  expect(parseUsersQuery({ q: 'x'.repeat(5_000) }).text).toHaveLength(100);
});
