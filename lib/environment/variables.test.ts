import { expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { changeBetween, changed, describeChange, faultOf, faultOfName, requireFit } from './variables.ts';

const of = (variables: Record<string, string>) => new Map(Object.entries(variables));

test.each(['A', '_', 'database_url', 'NODE_ENV', `A${'b'.repeat(127)}`, '__proto__'])('%s may be a name', (name) => {
  expect(faultOfName(name)).toBeNull();
});

test.each(['', '1A', 'A-B', 'A B', 'A=B', 'Ä', 'A\n', 'A\0', '../x', '.', `A${'b'.repeat(128)}`])(
  '%j may not be a name',
  (name) => {
    expect(faultOfName(name)?.hint).toContain('letters, digits and underscores');
  },
);

test.each(['PORT', 'HOST', 'HOME', 'PATH', 'VIRTUAL_ENV', 'LIGHTKEEPER_RELEASE', 'LIGHTKEEPER_X'])(
  '%s stays what Lightkeeper sets',
  (name) => {
    expect(faultOfName(name)?.message).toContain('is set by Lightkeeper');
  },
);

test('values are any text without NUL, up to 32 KB counted in bytes', () => {
  expect(faultOf(of({ A: '', B: '\n\t"\'$(id)`\\', C: '\u{1f600}', D: 'x'.repeat(32_768) }))).toBeNull();
  expect(faultOf(of({ A: 'a\0b' }))?.message).toContain('NUL');
  expect(faultOf(of({ A: '\ud800' }))?.message).toContain('not text');
  expect(faultOf(of({ A: 'x'.repeat(32_769) }))?.message).toContain('32.1 KB; a value may have 32 KB');
  expect(faultOf(of({ A: 'é'.repeat(16_385) }))?.message).toContain('KB');
});

test('a site has 100 variables and 128 KB of them', () => {
  const many = (count: number, value = '') =>
    new Map(Array.from({ length: count }, (_, index): [string, string] => [`V${index}`, value]));
  expect(faultOf(many(100))).toBeNull();
  expect(faultOf(many(101))?.message).toContain('101 variables; a site may have 100');
  expect(faultOf(many(4, 'x'.repeat(32_760)))).toBeNull();
  expect(faultOf(many(5, 'x'.repeat(32_760)))?.message).toContain('they may have 128 KB');
  expect(() => requireFit(many(101))).toThrow(AppError);
});

test('a change sets, adds and takes away, and leaves the rest', () => {
  const before = of({ A: '1', B: '2', C: '3' });
  const after = changed(
    before,
    new Map([
      ['B', 'two'],
      ['C', null],
      ['D', '4'],
      ['E', null],
    ] as const),
  );
  expect([...after]).toEqual([
    ['A', '1'],
    ['B', 'two'],
    ['D', '4'],
  ]);
  expect(describeChange(before, after)).toBe('1 added, 1 changed, 1 removed');
  expect([...changeBetween(before, after)]).toEqual([
    ['C', null],
    ['B', 'two'],
    ['D', '4'],
  ]);
  expect(describeChange(after, after)).toBe('');
});
