// The files that a deployment takes, wherever they are kept.

import type { Readable } from 'node:stream';
import { archiveCommit, type CommitAt, describeCommit, planReading } from '../git/commit.ts';
import type { GitDeps } from '../git/deps.ts';
import { readGit } from '../git/read.ts';
import { listTree, parseBatch } from '../git/tree.ts';
import type { TreeEntry } from '../git/tree-entry.ts';
import type { SourceTree, TreeFile } from './stacks/plan.ts';
import { filesToRead } from './stacks/tree.ts';

export interface Source {
  /** 40 hex digits. */
  commit: string;
  files(): Promise<TreeFile[]>;
  /** The texts of these files, in their order. */
  read(files: TreeFile[]): Promise<string[]>;
  /** First line of the commit's message, printable. */
  subject(): Promise<string>;
  /** A tar stream of all files. */
  archive(): Readable;
}

/** A commit in a site's repository, perhaps still in a push's quarantine. */
export function gitSource(deps: GitDeps, at: CommitAt): Source {
  return {
    commit: at.commit,
    files: async () => (await listTree(deps, at)).map(toTreeFile),
    read: async (files) => {
      if (files.length === 0) return [];
      const input = files.map(({ id }) => `${id}\n`).join('');
      return parseBatch(await readGit(deps, planReading(at, ['cat-file', '--batch']), { input }), files.length);
    },
    subject: async () => (await describeCommit(deps, at)).subject,
    archive: () => archiveCommit(deps, at),
  };
}

/** What the stacks look at: the list of files, and the text of those that say how the site starts. */
export async function readTree(source: Source): Promise<SourceTree> {
  const files = await source.files();
  const byPath = new Map(files.map((file) => [file.path, file]));
  const wanted = filesToRead(files)
    .map((path) => byPath.get(path))
    .filter((file) => file !== undefined);
  const texts = await source.read(wanted);
  return { files, texts: new Map(wanted.map(({ path }, index) => [path, texts[index] ?? ''])) };
}

const MODES: Record<TreeEntry['kind'], string> = {
  file: '100644',
  executable: '100755',
  link: '120000',
  submodule: '160000',
};

function toTreeFile({ path, kind, bytes, object }: TreeEntry): TreeFile {
  return { path, sizeBytes: bytes, mode: MODES[kind], id: object };
}
