// A commit in a site's repository, perhaps still in the quarantine of a push, and what can be read of it.

import { PassThrough, type Readable } from 'node:stream';
import { formatBytes } from '../bytes.ts';
import { invariant } from '../errors/app-error.ts';
import type { GitRun, Quarantine } from './confine.ts';
import type { GitDeps } from './deps.ts';
import { gitFailed } from './failures.ts';
import { plainText } from './plain-text.ts';
import { startGit } from './process.ts';
import { readGit } from './read.ts';
import { isFolder, parseEntry } from './tree-entry.ts';
import { checkPath, refusedPath } from './tree-paths.ts';

export interface CommitAt {
  repository: string;
  /** 40 hex digits. */
  commit: string;
  quarantine?: Quarantine | undefined;
}

export interface CommitDescription {
  commit: string;
  subject: string;
  author: string;
  at: Date;
}

const FILE_BYTES_MAX = 65_536;

/** A command about this commit. The id is put in by the caller, checked here. */
export function planReading({ repository, commit, quarantine }: CommitAt, args: string[]): GitRun {
  invariant(/^[0-9a-f]{40}$/.test(commit), 'a commit is named by its whole id');
  return {
    repository,
    quarantine,
    args: [`--git-dir=${repository}`, '--literal-pathspecs', '--no-replace-objects', ...args],
  };
}

/** Whether the repository still has the commit. */
export async function hasCommit(deps: GitDeps, at: CommitAt): Promise<boolean> {
  const checked = await readGit(deps, planReading(at, ['cat-file', '--batch-check']), { input: `${at.commit}\n` });
  return checked.toString('utf8').startsWith(`${at.commit} commit `);
}

/** The text of a file of at most 64 KB, or null when there is none at this path (a link is none). */
export async function readCommitFile(deps: GitDeps, at: CommitAt, path: string): Promise<string | null> {
  checkPath(path);
  let object: string | null = null;
  await readGit(deps, planReading(at, ['ls-tree', '-l', '-z', '--full-tree', at.commit, '--', path]), {
    onRecord: (record) => {
      if (isFolder(record)) return;
      const entry = parseEntry(record);
      if (entry.path !== path || (entry.kind !== 'file' && entry.kind !== 'executable')) return;
      if (entry.bytes > FILE_BYTES_MAX) {
        throw refusedPath(path, `is larger than the ${formatBytes(FILE_BYTES_MAX)} that are read of it`);
      }
      object = entry.object;
    },
  });
  if (object === null) return null;
  return (await readGit(deps, planReading(at, ['cat-file', 'blob', object]))).toString('utf8');
}

/** First line, author and time of a commit: tenant's words, made printable. */
export async function describeCommit(deps: GitDeps, at: CommitAt): Promise<CommitDescription> {
  const args = ['log', '-1', '--no-show-signature', '--format=%s%x00%an%x00%ct', at.commit, '--'];
  const [subject = '', author = '', seconds = '0'] = (await readGit(deps, planReading(at, args)))
    .toString('utf8')
    .split('\0');
  return {
    commit: at.commit,
    subject: plainText(subject, 200),
    author: plainText(author, 100),
    at: new Date(Number(seconds) * 1000),
  };
}

/** The commit's files as a tar stream. It ends only after git ended well; otherwise it is destroyed with the error. */
export function archiveCommit(deps: GitDeps, at: CommitAt): Readable {
  const { pushMs } = deps.bounds;
  const deadlines = { idleMs: pushMs, totalMs: pushMs, hookMs: pushMs };
  const git = startGit(deps.confinement, planReading(at, ['archive', '--format=tar', at.commit]), deadlines);
  const out = new PassThrough();
  git.stdin.end();
  git.stdout.pipe(out, { end: false });
  git.onStop(() => git.stdout.unpipe(out).resume());
  git.ended.then(
    (end) => (end.code === 0 ? out.end() : out.destroy(gitFailed({ ...end }))),
    (cause: Error) => out.destroy(cause),
  );
  out.once('close', git.stop);
  return out;
}
