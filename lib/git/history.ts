// A repository for the eyes of its owner: commits, and the folders and files of one. isomorphic-git parses what tenants wrote in
// this process, so it runs only in the history reader, which has neither root nor more memory than its bound.

import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import git from 'isomorphic-git';
import { COMMITS_MAX, DEPTH_MAX, ENTRIES_MAX, TEXT_BYTES_MAX } from './history-limits.ts';
import { type EntryCommit, readLastCommits } from './last-commits.ts';
import { plainText } from './plain-text.ts';
import { MAIN_REF } from './refs.ts';

export interface HistoryCommit {
  id: string;
  subject: string;
  author: string;
  /** ISO 8601, in UTC. */
  at: string;
}

/** `commit` is what was read, `main` what main is; null in an empty repository. */
export type HistoryFile = { path: string; commit: string | null; main: string | null } & (
  | { kind: 'folder'; entries: HistoryEntry[]; entriesMore: number }
  | HistoryText
);

export interface HistoryEntry {
  name: string;
  kind: EntryKind;
  /** The name can be asked for as it is shown. */
  openable: boolean;
  /** Null: further back than was looked. */
  last: EntryCommit | null;
}

interface HistoryText {
  kind: 'file';
  bytes: number;
  binary: boolean;
  text: string | null;
  truncated: boolean;
  link: boolean;
  /** Plain UTF-8 text, whole: what is written back is what was read. */
  editable: boolean;
}

export type EntryKind = 'folder' | 'file' | 'link' | 'submodule';

/** As git decides it: a NUL in the first 8,000 bytes. */
const BINARY_PROBE_BYTES = 8_000;
const LINK_MODE = '120000';

/** The newest commits of main, newest first; none in an empty repository. */
export async function readCommits(repository: string, limit: number): Promise<HistoryCommit[]> {
  const at = { fs, gitdir: repository, cache: {} };
  const head = await findMain(repository);
  if (!head) return [];
  const commits = await git.log({ ...at, ref: head, depth: Math.min(Math.max(limit, 1), COMMITS_MAX) });
  return commits.map(({ oid, commit }) => ({
    id: oid,
    subject: plainText(commit.message.slice(0, 1_000).split('\n')[0] ?? '', 200),
    author: plainText(commit.author.name, 100),
    at: new Date(commit.committer.timestamp * 1000).toISOString(),
  }));
}

/**
 * The folder or file at a path of a commit, main's when null; the empty path is the top. Null when there is none. A path
 * is taken as it is in the tree: what looks like a way out leads nowhere.
 */
export async function readPath(
  repository: string,
  path: string,
  commit: string | null = null,
): Promise<HistoryFile | null> {
  const parts = path.split('/').filter(Boolean);
  if (parts.length > DEPTH_MAX) return null;
  const at = { fs, gitdir: repository, cache: {} };
  const main = await findMain(repository);
  const head = commit === null ? main : await findCommit(at, commit);
  const where = { path: parts.join('/'), commit: head, main };
  if (!head) {
    const isTop = commit === null && parts.length === 0;
    return isTop ? { ...where, kind: 'folder', entries: [], entriesMore: 0 } : null;
  }
  let object = head;
  for (const [index, part] of parts.entries()) {
    const { tree } = await git.readTree({ ...at, oid: object });
    const entry = tree.find((candidate) => candidate.path === part);
    if (!entry) return null;
    if (entry.type === 'blob' && index === parts.length - 1) return { ...where, ...(await readText(at, entry)) };
    if (entry.type !== 'tree') return null;
    object = entry.oid;
  }
  const { tree } = await git.readTree({ ...at, oid: object });
  const last = tree.length > ENTRIES_MAX ? new Map() : await readLastCommits(at, head, parts);
  const entries = tree.slice(0, ENTRIES_MAX).map((entry) => {
    const name = plainText(entry.path, 255);
    return { name, kind: kindOf(entry), openable: name === entry.path, last: last.get(entry.path) ?? null };
  });
  return { ...where, kind: 'folder', entries, entriesMore: Math.max(0, tree.length - ENTRIES_MAX) };
}

async function readText(
  at: { fs: typeof fs; gitdir: string },
  { oid, mode }: { oid: string; mode: string },
): Promise<HistoryText> {
  const { blob } = await git.readBlob({ ...at, oid });
  const content = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const binary = content.subarray(0, BINARY_PROBE_BYTES).includes(0);
  const truncated = !binary && content.length > TEXT_BYTES_MAX;
  const link = mode === LINK_MODE;
  return {
    kind: 'file',
    bytes: content.length,
    binary,
    text: binary ? null : content.toString('utf8', 0, TEXT_BYTES_MAX),
    truncated,
    link,
    editable: !binary && !truncated && !link && isUtf8(content),
  };
}

function kindOf({ type, mode }: { type: string; mode: string }): EntryKind {
  if (type === 'tree') return 'folder';
  if (type === 'commit') return 'submodule';
  return mode === LINK_MODE ? 'link' : 'file';
}

async function findMain(repository: string): Promise<string | null> {
  return git.resolveRef({ fs, gitdir: repository, ref: MAIN_REF }).catch((cause: unknown) => {
    if (cause instanceof git.Errors.NotFoundError) return null;
    throw cause;
  });
}

/** Null when the repository has no such commit. */
async function findCommit(at: { fs: typeof fs; gitdir: string }, id: string): Promise<string | null> {
  return git.readCommit({ ...at, oid: id }).then(
    ({ oid }) => oid,
    (cause: unknown) => {
      const isAbsent = cause instanceof git.Errors.NotFoundError || cause instanceof git.Errors.ObjectTypeError;
      if (isAbsent) return null;
      throw cause;
    },
  );
}
