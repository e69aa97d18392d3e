import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { actionWords, actionWordsOfSite, changesOf } from './audit-words.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const ACTION = /'((?:site|account|alerts|plan|user|admin|domain)\.[a-z-]+)'/g;

/** What the code writes down of an action, wherever it does. */
function findActions(): string[] {
  const files = globSync('{lib,workers}/**/*.ts', { cwd: ROOT, exclude: (name) => name.endsWith('.test.ts') });
  return files.flatMap((file) =>
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(ACTION)].map(([, it = '']) => it),
  );
}

it('has words for every action that is written down', () => {
  const actions = [...new Set(findActions())];
  expect(actions).toEqual(expect.arrayContaining(['site.hold', 'site.invite', 'account.key-add', 'domain.add']));
  expect(actions.filter((action) => actionWords(action) === action)).toEqual([]);
});

it('says of one site what was done to it', () => {
  expect(actionWordsOfSite('site.invite')).toBe('Invited somebody to it');
  expect(actionWordsOfSite('site.restart')).toBe('Restarted');
});

it('writes lists without the marks of code', () => {
  const after = { sites: ['shop', 'blog'], scope: 'deploy' };
  expect(changesOf({ before: { sites: [] }, after })).toEqual([
    { field: 'sites', before: '–', after: 'shop, blog' },
    { field: 'scope', before: '–', after: 'deploy' },
  ]);
});
