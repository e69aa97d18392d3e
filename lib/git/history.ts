// A repository for the eyes of its owner: commits, folders, files at main. isomorphic-git parses what tenants wrote in
// this process, so it runs only in the history reader, which has neither root nor more memory than its bound.

import fs from 'node:fs';
import git from 'isomorphic-git';
import { COMMITS_MAX, DEPTH_MAX, ENTRIES_MAX, TEXT_BYTES_MAX } from './history-limits.ts';
import { plainText } from './plain-text.ts';
import { MAIN_REF } from './refs.ts';

export interface HistoryCommit {
  id: string;
  subject: string;
  author: string;
  /** ISO 8601, in UTC. */
  at: string;
}

export type HistoryFile =
  | { kind: 'folder'; path: string; entries: { name: string; kind: EntryKind }[]; entriesMore: number }
  | { kind: 'file'; path: string; bytes: number; binary: boolean; text: string | null; truncated: boolean };

export type EntryKind = 'folder' | 'file' | 'link' | 'submodule';

/** As git decides it: a NUL in the first 8,000 bytes. */
const BINARY_PROBE_BYTES = 8_000;

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

/** The folder or file at a path of main; the empty path is the top. Null when there is none. */
export async function readPath(repository: string, path: string): Promise<HistoryFile | null> {
  const parts = path.split('/').filter(Boolean);
  if (parts.length > DEPTH_MAX) return null;
  const at = { fs, gitdir: repository, cache: {} };
  const head = await findMain(repository);
  if (!head) return parts.length === 0 ? { kind: 'folder', path: '', entries: [], entriesMore: 0 } : null;
  let object = head;
  for (const [index, part] of parts.entries()) {
    const { tree } = await git.readTree({ ...at, oid: object });
    const entry = tree.find((candidate) => candidate.path === part);
    if (!entry) return null;
    if (entry.type === 'blob' && index === parts.length - 1) return readText(at, entry.oid, parts.join('/'));
    if (entry.type !== 'tree') return null;
    object = entry.oid;
  }
  const { tree } = await git.readTree({ ...at, oid: object });
  return {
    kind: 'folder',
    path: parts.join('/'),
    entries: tree.slice(0, ENTRIES_MAX).map((entry) => ({ name: plainText(entry.path, 255), kind: kindOf(entry) })),
    entriesMore: Math.max(0, tree.length - ENTRIES_MAX),
  };
}

async function readText(at: { fs: typeof fs; gitdir: string }, oid: string, path: string): Promise<HistoryFile> {
  const { blob } = await git.readBlob({ ...at, oid });
  const content = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const binary = content.subarray(0, BINARY_PROBE_BYTES).includes(0);
  const text = binary ? null : content.toString('utf8', 0, TEXT_BYTES_MAX);
  return {
    kind: 'file',
    path,
    bytes: content.length,
    binary,
    text,
    truncated: !binary && content.length > TEXT_BYTES_MAX,
  };
}

function kindOf({ type, mode }: { type: string; mode: string }): EntryKind {
  if (type === 'tree') return 'folder';
  if (type === 'commit') return 'submodule';
  return mode === '120000' ? 'link' : 'file';
}

async function findMain(repository: string): Promise<string | null> {
  return git.resolveRef({ fs, gitdir: repository, ref: MAIN_REF }).catch((cause: unknown) => {
    if (cause instanceof git.Errors.NotFoundError) return null;
    throw cause;
  });
}
