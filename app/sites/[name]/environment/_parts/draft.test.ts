import { expect, test } from 'vitest';
import { asBefore, NO_DRAFT, readPasted, rowsOf, summaryOf, withFile, without, withValue } from './draft.ts';

const saved = ['A', 'B', 'C'];

test('a draft counts what it adds, changes and removes', () => {
  let draft = withValue(NO_DRAFT, 'A', 'new');
  draft = without(draft, 'B', saved);
  draft = withValue(draft, 'D', '');
  expect(summaryOf(saved, draft)).toBe('1 added, 1 changed, 1 removed');
  expect(rowsOf(saved, draft)).toEqual(['A', 'B', 'C', 'D']);
  expect(summaryOf(saved, asBefore(asBefore(without(draft, 'D', saved), 'A'), 'B'))).toBe('');
});

test('a pasted file is read, a name or a value is not', () => {
  expect(readPasted('DATABASE_URL')).toBeNull();
  expect(readPasted('postgres://u:p@h/d?a=b')).toBeNull();
  expect(readPasted('# mine\nexport A=1\n')?.variables.get('A')).toBe('1');
  expect([...withFile(NO_DRAFT, readPasted('A=1\nB=2') ?? { variables: new Map(), left: [] })]).toHaveLength(2);
});
