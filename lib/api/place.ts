// Where in a repository somebody looks, as part of an address. Pure.

/** Where in a repository: a commit that is null is main's, the empty path is the top. */
export interface Place {
  path: string;
  commit: string | null;
}

const COMMIT = /^[0-9a-f]{40}$/;
const NO_COMMIT = '0'.repeat(40);
const PATH_LENGTH_MAX = 4_096;

export function placeQuery({ path, commit }: Place): URLSearchParams {
  return new URLSearchParams(commit ? { path, commit } : { path });
}

/** From a page's or a route's address. What is no commit's id counts as one that nobody has. */
export function parsePlace(query: { get(name: string): string | null }): Place {
  const commit = query.get('commit');
  const path = (query.get('path') ?? '').replaceAll('\0', '').slice(0, PATH_LENGTH_MAX);
  return { path, commit: commit && !COMMIT.test(commit) ? NO_COMMIT : commit || null };
}
