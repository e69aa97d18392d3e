import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { NO_OBJECT, parseRefName, parseUpdate, planPush, UPDATES_MAX } from './refs.ts';

const A = 'a'.repeat(40);
const update = (ref: string, to = A) => ({ old: NO_OBJECT, new: to, ref });

test('main deploys, other branches and tags are stored with a line', () => {
  const plan = planPush([update('refs/heads/main'), update('refs/heads/feature/x'), update('refs/tags/v1.0')]);
  expect(plan.deploys?.ref).toBe('refs/heads/main');
  expect(plan.notes).toEqual([
    'The branch feature/x is stored. It does not deploy: only main does.',
    'The tag v1.0 is stored. It does not deploy: only main does.',
  ]);
});

test('another branch may be deleted, main may not', () => {
  expect(planPush([update('refs/heads/old', NO_OBJECT)])).toEqual({ deploys: null, notes: [] });
  expect(() => planPush([update('refs/heads/main', NO_OBJECT)])).toThrow('The branch main cannot be deleted');
});

test.each([
  ...[
    '$(id)',
    '`id`',
    ';reboot',
    'a|b&c',
    "a'b",
    'a"b',
    '-x',
    'a/-x',
    'a$IFS',
    '<img/src=x>',
    'HEAD',
    'a\\b',
    'a\u0007b',
  ],
  ...['a..b', '.a', 'a/.b', 'a.', 'a.lock', 'a//b', 'a/', 'a b', 'a\u202Eb', 'x'.repeat(201), 'a\u2028b', '\u0301a'],
])('the branch name %j is refused', (name) => {
  expect(parseRefName(`refs/heads/${name}`)).toBeNull();
  expect(() => planPush([update(`refs/heads/${name}`)])).toThrow(AppError);
});

test.each(['main', 'feature/one', 'größe', '修正', 'v1.0', 'user@host', 'a+b#1,2=3', '_x'])(
  'the name %j is taken',
  (name) => {
    expect(parseRefName(`refs/heads/${name}`)).toEqual({ kind: 'branch', name });
  },
);

test.each(['refs/notes/x', 'refs/lightkeeper/x', 'refs/for/main', 'refs/heads', 'HEAD', 'refs/heads/'])(
  'the ref %j is refused',
  (ref) => {
    expect(() => planPush([update(ref)])).toThrow(AppError);
  },
);

test('more updates than the bound are refused', () => {
  const updates = Array.from({ length: UPDATES_MAX + 1 }, (_, index) => update(`refs/heads/b${index}`));
  expect(planPush(updates.slice(1)).notes).toHaveLength(UPDATES_MAX);
  expect(() => planPush(updates)).toThrow('more than 10 branches');
});

test('an update line is read exactly or not at all', () => {
  expect(parseUpdate(`${NO_OBJECT} ${A} refs/heads/main`)).toEqual(update('refs/heads/main'));
  for (const line of [
    `${A} ${A}`,
    `${A} ${A} heads/main`,
    `${A.toUpperCase()} ${A} refs/x`,
    `${A} ${A} refs/a b`,
    `${A} ${A} refs/\uFFFD`,
  ]) {
    expect(parseUpdate(line), line).toBeNull();
  }
});

test('no name that is taken has a character with a meaning to a shell, JSON or HTML', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), (name) => {
      const parsed = parseRefName(`refs/heads/${name}`);
      if (parsed) expect(name).not.toMatch(/["'`$&|;<>(){}[\]\\*?!~^: \p{Cc}]|^-|\/-/u);
    }),
    { numRuns: 2_000 },
  );
});
