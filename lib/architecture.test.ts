// Holds the import rules of docs/ARCHITECTURE.md.

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const exclude = ['**/node_modules/**', '.next/**', 'lib/db/generated/**', 'e2e/sites/**'];
const files = globSync('{app,lib,workers,e2e,prisma}/**/*.{ts,tsx}', { cwd: root, exclude });
const sources = files.map((file) => ({ file, text: readFileSync(path.join(root, file), 'utf8') }));
const isTest = (file: string) =>
  /\.(test|spec)\.tsx?$/.test(file) || /(^|\/)(testing|test-[\w-]+|contract-host)/.test(file);
const product = sources.filter(({ file }) => /^(app|lib|workers)\//.test(file) && !isTest(file));

/** What a file imports: packages by name, our own files by their path from the root. */
function importsOf({ file, text }: { file: string; text: string }): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return specifiers.map((specifier) => {
    if (specifier.startsWith('#')) return specifier.slice(1);
    if (specifier.startsWith('.')) return path.join(path.dirname(file), specifier);
    return specifier;
  });
}

function importing(pattern: RegExp, from: typeof product = product): string[] {
  return from.filter((source) => importsOf(source).some((name) => pattern.test(name))).map(({ file }) => file);
}

const under = (dir: string) => product.filter(({ file }) => file.startsWith(`${dir}/`));

test('the web never reaches engine, disks, the proxy or the workers', () => {
  expect(importing(/^lib\/(engine|disk|proxy)\/|^workers\/|^dockerode$|^ssh2$/, under('app'))).toEqual([]);
});

test('what the web imports from lib does not reach them either', () => {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    const source = sources.find((candidate) => candidate.file === file);
    if (source) for (const name of importsOf(source)) visit(name);
  };
  for (const { file } of under('app')) visit(file);
  const forbidden = [...reached].filter((file) =>
    /^lib\/(engine\/docker|disk|proxy)\/|^workers\/|^dockerode$/.test(file),
  );
  expect(forbidden).toEqual([]);
});

test('lib imports neither app nor workers', () => {
  expect(importing(/^(app|workers)\//, under('lib'))).toEqual([]);
});

test.each([
  ['dockerode', /^dockerode$/, /^lib\/engine\/docker\//],
  ['ssh2', /^ssh2/, /^workers\/ssh/],
  ['the generated database client', /^lib\/db\/generated/, /^(lib|workers\/ssh)\//],
  ['isomorphic-git', /^isomorphic-git$/, /^lib\/git\//],
  ['graphile-worker', /^graphile-worker$/, /^(workers\/deploy\.ts|workers\/host\/seed\.ts)$/],
])('%s stays in its room', (_, pattern, room) => {
  expect(importing(pattern).filter((file) => !room.test(file))).toEqual([]);
});

test('settings are read in lib/env and nowhere else', () => {
  const allowed = /^(lib\/env\.ts|workers\/host\/)/;
  const reading = product.filter(({ file, text }) => /process\.env\b/.test(text) && !allowed.test(file));
  expect(reading.map(({ file }) => file)).toEqual([]);
});

test('no program is started through a shell line', () => {
  const shells = product.filter(({ text }) =>
    /shell:\s*true|\bexecSync\(|from 'node:child_process'.*\bexec\b,/.test(text),
  );
  expect(shells.map(({ file }) => file)).toEqual([]);
});

test('files stay rooms, not halls', () => {
  const long = product.filter(({ text }) => text.split('\n').length > 300).map(({ file }) => file);
  expect(long).toEqual([]);
});

test('nothing is left for later in a comment', () => {
  expect(product.filter(({ text }) => /\b(TODO|FIXME|XXX)\b/.test(text)).map(({ file }) => file)).toEqual([]);
});

test('there is no room without a name', () => {
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common|manager)(\.|\/)/.test(file))).toEqual([]);
});
