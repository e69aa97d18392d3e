// What the web process may ask about a repository, as a URL and as a message to the history reader. Pure.

import { COMMITS_MAX } from '#lib/git/history-limits.ts';

/** A commit that is null is main's. */
export type HistoryQuestion =
  | { kind: 'commits'; siteId: string; limit: number }
  | { kind: 'files'; siteId: string; path: string; commit: string | null };

/** What is not for the reader: the bytes of a file, and a commit to make. */
export type RepositoryQuestion =
  | HistoryQuestion
  | { kind: 'raw'; siteId: string; path: string; commit: string | null }
  | { kind: 'commit'; siteId: string };

const PATH = /^\/sites\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(commits|files|raw)$/;
const COMMIT = /^[0-9a-f]{40}$/;
const PATH_CHARACTERS_MAX = 4_096;
const COMMITS_DEFAULT = 20;

/**
 * `/sites/ID/commits?limit=`, `/sites/ID/files?path=&commit=`, `/sites/ID/raw?path=&commit=`, or `POST /sites/ID/commits`.
 * Null when it is none of them.
 */
export function parseQuestion(method: string, url: string): RepositoryQuestion | null {
  const asked = URL.parse(url, 'http://history');
  const [, siteId, kind] = PATH.exec(asked?.pathname ?? '') ?? [];
  if (!asked || !siteId) return null;
  if (method === 'POST') return kind === 'commits' ? { kind: 'commit', siteId } : null;
  if (method !== 'GET') return null;
  return kind === 'commits' ? parseCommits(siteId, asked.searchParams) : parsePlace(siteId, kind, asked.searchParams);
}

function parseCommits(siteId: string, query: URLSearchParams): RepositoryQuestion | null {
  const limit = Number(query.get('limit') ?? COMMITS_DEFAULT);
  return Number.isInteger(limit) && limit >= 1 && limit <= COMMITS_MAX ? { kind: 'commits', siteId, limit } : null;
}

function parsePlace(siteId: string, kind: string | undefined, query: URLSearchParams): RepositoryQuestion | null {
  const path = query.get('path') ?? '';
  const commit = query.get('commit');
  if (path.length > PATH_CHARACTERS_MAX || path.includes('\0')) return null;
  if (commit !== null && !COMMIT.test(commit)) return null;
  return { kind: kind === 'raw' ? 'raw' : 'files', siteId, path, commit };
}
