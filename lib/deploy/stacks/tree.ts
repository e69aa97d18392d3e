// Questions that several stacks ask of a source tree.

import { createHash } from 'node:crypto';
import type { SourceTree, TreeFile } from './plan.ts';

const NAMED = new Set([
  ...['Procfile', 'package.json', 'requirements.txt', 'pyproject.toml', 'runtime.txt', '.python-version', '.nvmrc'],
  '.node-version',
]);
const PYTHON_ENTRY = /^(?:[A-Za-z_]\w*\/)?(?:main|app|application|wsgi|asgi|server|run|web|__init__)\.py$/;
const FILES_READ_MAX = 60;
const TEXT_BYTES_MAX = 256 * 1024;
const TEXTS_BYTES_MAX = 2 * 1024 ** 2;

/**
 * The files whose text stacks look at, those at the top first, as many as are read in no time. Small regular ones only: a
 * link's text would be a path, not content.
 */
export function filesToRead(files: readonly TreeFile[]): string[] {
  let bytes = 0;
  return files
    .filter(({ path, mode, sizeBytes }) => {
      const wanted = NAMED.has(path) || PYTHON_ENTRY.test(path) || /^requirements[\w.-]*\.txt$/.test(path);
      return wanted && mode.startsWith('100') && sizeBytes <= TEXT_BYTES_MAX;
    })
    .sort((a, b) => depth(a.path) - depth(b.path) || (a.path < b.path ? -1 : 1))
    .slice(0, FILES_READ_MAX)
    .filter(({ sizeBytes }) => {
      bytes += sizeBytes;
      return bytes <= TEXTS_BYTES_MAX;
    })
    .map(({ path }) => path);
}

export function hasFile(tree: SourceTree, path: string): boolean {
  return tree.files.some((file) => file.path === path);
}

/** A hash over the base, the words and the content of the files that `matches` picks. */
export function keyOf(tree: SourceTree, base: string, words: string[], matches: (path: string) => boolean): string {
  const picked = tree.files.filter(({ path }) => matches(path)).map(({ path, id }) => [path, id]);
  const text = JSON.stringify([base, words, picked.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

function depth(path: string): number {
  return path.split('/').length;
}
