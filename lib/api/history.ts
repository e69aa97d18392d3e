// The web process's questions about repositories. The answers are checked, because a tenant wrote what is in them.

import { z } from 'zod';
import { askWorker } from './git-worker.ts';
import { type Place, placeQuery } from './place.ts';

export const COMMITS = z.object({
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
export const FOLDER_OR_FILE = z.discriminatedUnion('kind', [FOLDER, FILE]);

export type CommitList = z.infer<typeof COMMITS>;
export type FolderOrFile = z.infer<typeof FOLDER_OR_FILE>;

/** The newest commits of main, newest first. Throws `interrupted` when the git worker is away. */
export async function readCommits(socket: string, siteId: string, limit = 20): Promise<CommitList> {
  return COMMITS.parse(await askWorker(socket, `/sites/${siteId}/commits?limit=${limit}`));
}

/** Throws `not-found`, `interrupted`. */
export async function readPath(socket: string, siteId: string, place: Place): Promise<FolderOrFile> {
  return FOLDER_OR_FILE.parse(await askWorker(socket, `/sites/${siteId}/files?${placeQuery(place)}`));
}
