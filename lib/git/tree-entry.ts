// One file of a commit, read from a record of `git ls-tree -l -z`. Pure.

import { AppError } from '../errors/app-error.ts';
import { checkPath, refusedPath } from './tree-paths.ts';

export interface TreeEntry {
  path: string;
  kind: 'file' | 'executable' | 'link' | 'submodule';
  bytes: number;
  object: string;
}

const KINDS: Record<string, TreeEntry['kind']> = {
  '100644': 'file',
  '100664': 'file',
  '100755': 'executable',
  '120000': 'link',
  '160000': 'submodule',
};
const ENTRY = /^(\d{6}) (?:blob|commit) ([0-9a-f]{40}) +(\d+|-)\t(.+)$/su;

export function isFolder(record: Buffer): boolean {
  return record.toString('latin1', 0, 12) === '040000 tree ';
}

/** Throws `push-refused` when the path, or the kind of the entry, may not be. */
export function parseEntry(record: Buffer): TreeEntry {
  const text = record.toString('utf8');
  const [, mode = '', object = '', size = '', path = ''] = ENTRY.exec(text) ?? [];
  const kind = KINDS[mode];
  if (!kind) {
    throw new AppError('push-refused', {
      message: 'The commit has an entry that is neither a file nor a link nor a folder.',
      hint: 'Run `git fsck` in your repository to find it.',
      details: { record: text.slice(0, 200) },
    });
  }
  if (!record.equals(Buffer.from(text))) throw refusedPath(path, 'is not UTF-8 text');
  checkPath(path);
  return { path, kind, bytes: size === '-' ? 0 : Number(size), object };
}
