// The web process's questions about repositories. The answers are checked, because a tenant wrote what is in them.

import { z } from 'zod';
import { askWorker } from './git-worker.ts';

const COMMITS = z.object({
  commits: z.array(z.object({ id: z.string(), subject: z.string(), author: z.string(), at: z.iso.datetime() })),
});
const PLACE = { path: z.string(), commit: z.string().nullable(), main: z.string().nullable() };
const ENTRY = z.object({
  name: z.string(),
  kind: z.enum(['folder', 'file', 'link', 'submodule']),
  openable: z.boolean(),
  last: z.object({ id: z.string(), subject: z.string(), at: z.iso.datetime() }).nullable(),
});
const FOLDER = z.object({ ...PLACE, kind: z.literal('folder'), entries: z.array(ENTRY), entriesMore: z.int() });
const FILE = z.object({
  ...PLACE,
  kind: z.literal('file'),
  bytes: z.int(),
  binary: z.boolean(),
  text: z.string().nullable(),
  truncated: z.boolean(),
  link: z.boolean(),
  editable: z.boolean(),
});
const FOLDER_OR_FILE = z.discriminatedUnion('kind', [FOLDER, FILE]);

export type CommitList = z.infer<typeof COMMITS>;
export type FolderOrFile = z.infer<typeof FOLDER_OR_FILE>;

/** Where in a repository: a commit that is null is main's, the empty path is the top. */
export interface Place {
  path: string;
  commit: string | null;
}

const COMMIT = /^[0-9a-f]{40}$/;

/** The newest commits of main, newest first. Throws `interrupted` when the git worker is away. */
export async function readCommits(socket: string, siteId: string, limit = 20): Promise<CommitList> {
  return COMMITS.parse(await askWorker(socket, `/sites/${siteId}/commits?limit=${limit}`));
}

/** Throws `not-found`, `interrupted`. */
export async function readPath(socket: string, siteId: string, place: Place): Promise<FolderOrFile> {
  return FOLDER_OR_FILE.parse(await askWorker(socket, `/sites/${siteId}/files?${placeQuery(place)}`));
}

export function placeQuery({ path, commit }: Place): URLSearchParams {
  return new URLSearchParams(commit ? { path, commit } : { path });
}

/** From a page's or a route's address. What is no commit's id counts as one that nobody has. */
export function parsePlace(query: { get(name: string): string | null }): Place {
  const commit = query.get('commit');
  const path = (query.get('path') ?? '').replaceAll('\0', '').slice(0, PATH_LENGTH_MAX);
  return { path, commit: commit && !COMMIT.test(commit) ? NO_COMMIT : commit || null };
}

const PATH_LENGTH_MAX = 4_096;
const NO_COMMIT = '0'.repeat(40);
