// The bytes of one file of a commit, as a stream from confined git: nothing of it is looked at here, whatever its size.

import { PassThrough, type Readable } from 'node:stream';
import { AppError } from '../errors/app-error.ts';
import { type CommitAt, planReading } from './commit.ts';
import type { GitDeps } from './deps.ts';
import { gitFailed, hostBusy } from './failures.ts';
import { startGit } from './process.ts';
import { readGit } from './read.ts';
import { MAIN_REF } from './refs.ts';
import { isFolder, parseEntry, type TreeEntry } from './tree-entry.ts';

export interface OpenFile {
  bytes: number;
  stream: Readable;
}

/** The commit of main, or null in an empty repository. */
export async function findMainCommit(deps: GitDeps, repository: string): Promise<string | null> {
  const args = [`--git-dir=${repository}`, 'for-each-ref', '--format=%(objectname)', MAIN_REF];
  return (await readGit(deps, { repository, args })).toString('utf8').trim() || null;
}

/** Null when the commit has no file at this path. Throws `site-not-ready` when too many are being read. */
export async function openFile(deps: GitDeps, owner: string, at: CommitAt, path: string): Promise<OpenFile | null> {
  const entry = await findEntry(deps, at, path);
  if (!entry) return null;
  const release = await deps.fetches.take(owner);
  if (!release) throw hostBusy();
  const { idleMs, fetchMs } = deps.bounds;
  const deadlines = { idleMs, totalMs: fetchMs, hookMs: fetchMs };
  const git = startGit(deps.confinement, planReading(at, ['cat-file', 'blob', entry.object]), deadlines);
  const stream = new PassThrough();
  git.stdin.end();
  git.stdout.pipe(stream, { end: false });
  git.onStop(() => git.stdout.unpipe(stream).resume());
  git.ended
    .then(
      (end) => (end.code === 0 ? stream.end() : stream.destroy(gitFailed({ ...end }))),
      (cause: Error) => stream.destroy(cause),
    )
    .finally(release);
  stream.once('close', git.stop);
  return { bytes: entry.bytes, stream };
}

async function findEntry(deps: GitDeps, at: CommitAt, path: string): Promise<TreeEntry | null> {
  const found: TreeEntry[] = [];
  const args = ['ls-tree', '-l', '-z', '--full-tree', at.commit, '--', path];
  const reading = readGit(deps, planReading(at, args), {
    onRecord: (record) => {
      if (!isFolder(record)) found.push(parseEntry(record));
    },
  });
  await reading.catch((cause: unknown) => {
    // Git's own end: there is no such commit, or the path is none.
    if (!(cause instanceof AppError && (cause.details.code === 128 || cause.code === 'push-refused'))) throw cause;
  });
  return found.find((entry) => entry.path === path && (entry.kind === 'file' || entry.kind === 'executable')) ?? null;
}
