// What the web process may ask about a repository, as a URL and as a message to the history reader. Pure.

import { COMMITS_MAX } from '#lib/git/history-limits.ts';

export type HistoryQuestion =
  | { kind: 'commits'; siteId: string; limit: number }
  | { kind: 'files'; siteId: string; path: string };

const PATH = /^\/sites\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(commits|files)$/;
const PATH_CHARACTERS_MAX = 4_096;
const COMMITS_DEFAULT = 20;

/** `/sites/ID/commits?limit=` or `/sites/ID/files?path=`. Null when it is neither. */
export function parseHistoryQuestion(method: string, url: string): HistoryQuestion | null {
  const asked = URL.parse(url, 'http://history');
  const [, siteId, kind] = PATH.exec(asked?.pathname ?? '') ?? [];
  if (method !== 'GET' || !asked || !siteId) return null;
  if (kind === 'files') {
    const path = asked.searchParams.get('path') ?? '';
    return path.length > PATH_CHARACTERS_MAX ? null : { kind, siteId, path };
  }
  const limit = Number(asked.searchParams.get('limit') ?? COMMITS_DEFAULT);
  return Number.isInteger(limit) && limit >= 1 && limit <= COMMITS_MAX ? { kind: 'commits', siteId, limit } : null;
}
