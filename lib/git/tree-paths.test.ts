import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';
import { parseEntry } from './tree-entry.ts';
import { checkLink, checkPath } from './tree-paths.ts';

const A = 'a'.repeat(40);

test.each([
  ...[
    '../evil',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    './a',
    'a/.',
    '',
    '.git/config',
    '.GIT/config',
    'a/.git',
    '.git \u200c/x',
  ],
  ...[
    'git~1/x',
    '.git::$INDEX_ALLOCATION/x',
    '.git. /x',
    '.g\u200cit/config',
    'a\nb',
    'a\u0000b',
    'x'.repeat(256),
    'ab/'.repeat(2_000),
  ],
])('the path %j is refused', (path) => {
  expect(() => checkPath(path)).toThrow('The path');
});

test.each(['main.py', '.gitignore', '.github/workflows/x.yml', 'a b/ü.txt', '..a', 'a..b', '$(id)', '-x', 'dir.git/x'])(
  'the path %j is taken',
  (path) => {
    expect(() => checkPath(path)).not.toThrow();
  },
);

test.each([
  ['link', '/etc/passwd'],
  ['link', '../x'],
  ['a/link', '../../x'],
  ['link', 'a/../../x'],
  ['link', 'a/b/../c'],
  ['a/b/link', 'c//../../x'],
  ['a/b/link', 'c/./../../x'],
  ['a/b/link', 'c/.//.//..'],
  ['link', '..a/..'],
  ['link', ''],
  ['link', 'a\0b'],
])('the link %j to %j is refused', (path, target) => {
  expect(() => checkLink(path, target)).toThrow('leads out of the repository');
});

test.each([
  ['link', 'x'],
  ['a/link', '../x'],
  ['a/b/link', '../../c/d'],
  ['link', './x/y.z'],
  ['link', '..a/b'],
])('the link %j to %j is taken', (path, target) => {
  expect(() => checkLink(path, target)).not.toThrow();
});

test('entries are read with their kind and size', () => {
  const entry = (text: string) => parseEntry(Buffer.from(text));
  expect(entry(`100644 blob ${A}      12\tmain.py`)).toEqual({ path: 'main.py', kind: 'file', bytes: 12, object: A });
  expect(entry(`100755 blob ${A}       0\ta b/x`).kind).toBe('executable');
  expect(entry(`120000 blob ${A}       3\tl`).kind).toBe('link');
  expect(entry(`160000 commit ${A}       -\tsub`)).toMatchObject({ kind: 'submodule', bytes: 0 });
  expect(() => entry(`040000 tree ${A}       -\tsub`)).toThrow('neither a file');
  expect(() => parseEntry(Buffer.concat([Buffer.from(`100644 blob ${A} 1\t`), Buffer.from([0xff])]))).toThrow(
    'not UTF-8',
  );
});

test('the words of a tenant become one printable line of bounded length', () => {
  expect(plainText('a\u001b[31mred\u202Edlrow\nnext\u0000', 100)).toBe('a [31mred dlrow next');
  expect(plainText('x'.repeat(300), 10)).toBe(`${'x'.repeat(9)}…`);
  expect(plainText(`${'x'.repeat(8)}😀😀`, 10)).toBe(`${'x'.repeat(8)}…`);
});

test('a link of 4,096 bytes is judged at once', () => {
  const start = performance.now();
  for (const part of ['a', './', 'a/', '.', '..a/']) checkLink('link', part.repeat(4_095 / part.length));
  expect(performance.now() - start).toBeLessThan(1_000);
});
