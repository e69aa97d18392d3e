import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AdminRow } from './row.ts';
import { DEFAULT_QUERY, parseRowsQuery, type RowsQuery, SORT_KEYS, selectRows, writeRowsQuery } from './rows-query.ts';
import { exampleRow } from './testing/example-row.ts';

const names = (rows: AdminRow[], query: Partial<RowsQuery>) =>
  selectRows(rows, { ...DEFAULT_QUERY, sort: 'name', descending: false, ...query }).map(({ name }) => name);

const ROWS = [
  exampleRow({ name: 'calm' }),
  exampleRow({ name: 'full', disk: 990, diskMax: 1000, verdicts: [{ kind: 'disk', level: 'critical', text: '…' }] }),
  exampleRow({ name: 'held', state: 'held', note: 'It sent spam.' }),
  exampleRow({
    name: 'idle',
    plan: 'member',
    owner: 'ada@example.org',
    verdicts: [{ kind: 'idle', level: 'idle', text: '…' }],
  }),
  exampleRow({ name: 'unread', disk: null, memory: null, pids: null }),
];

describe('the filters of the table', () => {
  it.each<[string, Partial<RowsQuery>, string[]]>([
    ['a part of a name', { text: 'al' }, ['calm']],
    ['an owner, in any case', { text: ' ADA@' }, ['idle']],
    ['a reason', { text: 'spam' }, ['held']],
    ['a state', { state: 'held' }, ['held']],
    ['a plan', { plan: 'member' }, ['idle']],
    ['any verdict', { verdict: 'any' }, ['full', 'idle']],
    ['one kind of verdict', { verdict: 'disk' }, ['full']],
    ['more than 80 % of a limit', { tight: true }, ['full']],
    ['two of them at once', { verdict: 'any', plan: 'guest' }, ['full']],
    ['what nobody has', { text: 'nothing' }, []],
  ])('find %s', (_what, query, expected) => {
    expect(names(ROWS, query)).toEqual(expected);
  });
});

describe('the order of the table', () => {
  it('puts the worst verdict first, then what is held or failed, and well sites last', () => {
    expect(names(ROWS, { sort: 'verdicts', descending: true }).slice(0, 3)).toEqual(['full', 'held', 'idle']);
  });

  it.each([true, false])('puts sites without a reading last, whichever way round (%s)', (descending) => {
    expect(names(ROWS, { sort: 'diskShare', descending }).at(-1)).toBe('unread');
  });

  it('counts a disk that does not grow as full never, so after all that will be', () => {
    const rows = [
      exampleRow({ name: 'steady' }),
      exampleRow({ name: 'soon', disk: 500e6, diskMax: 600e6, growth: 50e6 }),
    ];
    expect(names(rows, { sort: 'full' })).toEqual(['soon', 'steady']);
  });

  it('keeps every row, whatever it is sorted by', () => {
    const row = fc.record({
      disk: fc.option(fc.nat()),
      growth: fc.integer(),
      p95Millis: fc.option(fc.nat()),
      expiresAt: fc.option(fc.nat()),
      owner: fc.option(fc.string()),
    });
    const any = fc
      .array(row)
      .map((parts) => parts.map((part, index) => exampleRow({ ...part, name: `site-${index}` })));
    fc.assert(
      fc.property(any, fc.constantFrom(...SORT_KEYS), fc.boolean(), (rows, sort, descending) => {
        expect(names(rows, { sort, descending }).toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
      }),
    );
  });
});

describe('the address of a view', () => {
  it('says nothing of what is as always', () => {
    expect(writeRowsQuery(DEFAULT_QUERY)).toBe('');
    expect(parseRowsQuery(new URLSearchParams())).toEqual(DEFAULT_QUERY);
  });

  it('says the same after it was read', () => {
    const query = fc.record({
      text: fc.string({ maxLength: 100 }),
      state: fc.constantFrom('', 'live', 'held'),
      plan: fc.constantFrom('', 'guest', 'a & b'),
      verdict: fc.constantFrom('', 'any', 'disk'),
      tight: fc.boolean(),
      sort: fc.constantFrom(...SORT_KEYS),
      descending: fc.boolean(),
    });
    fc.assert(
      fc.property(query, (given) => {
        expect(parseRowsQuery(new URLSearchParams(writeRowsQuery(given)))).toEqual(given);
      }),
    );
  });

  it('passes over an order that does not exist', () => {
    expect(parseRowsQuery(new URLSearchParams('sort=constructor')).sort).toBe(DEFAULT_QUERY.sort);
  });
});
