// Lists a commit before it is unpacked anywhere, bounded in entries, bytes and time: a push of 200 KB can name ten
// million files.

import { formatBytes } from '../bytes.ts';
import { AppError } from '../errors/app-error.ts';
import { type CommitAt, planReading } from './commit.ts';
import type { GitDeps } from './deps.ts';
import { gitFailed } from './failures.ts';
import { readGit } from './read.ts';
import { isFolder, parseEntry, type TreeEntry } from './tree-entry.ts';
import { checkLink, refusedPath } from './tree-paths.ts';

export interface TreeBounds {
  /** Files and folders. */
  entriesMax: number;
  /** Of all files, unpacked. */
  bytesMax: number;
  linksMax: number;
}

export const TREE_BOUNDS: TreeBounds = { entriesMax: 20_000, bytesMax: 500 * 1024 ** 2, linksMax: 1_000 };

const LINK_BYTES_MAX = 4_096;

/** Every file of a commit, in git's order. Throws `push-refused` past a bound or at a path or link that may not be. */
export async function listTree(deps: GitDeps, at: CommitAt, bounds: TreeBounds = TREE_BOUNDS): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  let count = 0;
  let bytes = 0;
  await readGit(deps, planReading(at, ['ls-tree', '-r', '-t', '-l', '-z', '--full-tree', at.commit]), {
    tooSlow: () => refusedTree('names more folders than can be listed in ten seconds', 'folders'),
    onRecord: (record) => {
      count += 1;
      if (count > bounds.entriesMax) {
        throw refusedTree(`has more than ${bounds.entriesMax.toLocaleString('en-US')} files and folders`, 'files');
      }
      if (isFolder(record)) return;
      const entry = parseEntry(record);
      bytes += entry.bytes;
      entries.push(entry);
      if (bytes > bounds.bytesMax) throw refusedTree(`unpacks to more than ${formatBytes(bounds.bytesMax)}`, 'files');
    },
  });
  await checkLinks(deps, at, entries, bounds);
  return entries;
}

async function checkLinks(deps: GitDeps, at: CommitAt, entries: TreeEntry[], bounds: TreeBounds): Promise<void> {
  const links = entries.filter((entry) => entry.kind === 'link');
  if (links.length === 0) return;
  if (links.length > bounds.linksMax) {
    throw refusedTree(`has more than ${bounds.linksMax.toLocaleString('en-US')} links`, 'links');
  }
  const long = links.find((link) => link.bytes > LINK_BYTES_MAX);
  if (long)
    throw refusedPath(long.path, `is a link to a path longer than ${LINK_BYTES_MAX.toLocaleString('en-US')} bytes`);
  const input = links.map((link) => `${link.object}\n`).join('');
  const targets = parseBatch(await readGit(deps, planReading(at, ['cat-file', '--batch']), { input }), links.length);
  for (const [index, link] of links.entries()) checkLink(link.path, targets[index] ?? '');
}

/** The contents of `git cat-file --batch`: `ID blob SIZE`, a line end, SIZE bytes, a line end; for each. */
export function parseBatch(output: Buffer, count: number): string[] {
  const contents: string[] = [];
  for (let at = 0; contents.length < count; ) {
    const lineEnd = output.indexOf('\n', at);
    const size = / blob (\d+)$/.exec(output.toString('latin1', at, Math.max(lineEnd, at)))?.[1];
    if (size === undefined) throw gitFailed({ reason: 'an object of the commit is missing' });
    at = lineEnd + 1 + Number(size);
    contents.push(output.toString('utf8', lineEnd + 1, at));
    at += 1;
  }
  return contents;
}

function refusedTree(what: string, things: string): AppError {
  return new AppError('push-refused', {
    message: `The commit ${what}.`,
    hint: `Leave generated ${things} such as node_modules out of git (see .gitignore), and push again.`,
  });
}
