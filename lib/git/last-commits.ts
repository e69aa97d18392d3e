// Which commit last changed each entry of a folder: a walk back along the first parents, bounded in commits and in time.
// It runs in the history reader.

import type fs from 'node:fs';
import git, { type TreeEntry } from 'isomorphic-git';
import { plainText } from './plain-text.ts';

export interface EntryCommit {
  id: string;
  subject: string;
  /** ISO 8601, in UTC. */
  at: string;
}

const COMMITS_MAX = 300;
const TIME_MS_MAX = 600;

interface At {
  fs: typeof fs;
  gitdir: string;
  cache: object;
}

/** By name. What has not changed within the bounds is left out. */
export async function readLastCommits(at: At, head: string, parts: string[]): Promise<Map<string, EntryCommit>> {
  const found = new Map<string, EntryCommit>();
  const deadline = Date.now() + TIME_MS_MAX;
  let id = head;
  let ids = idsOf(await readFolder(at, head, parts));
  const names = [...ids.keys()];
  for (let walked = 0; walked < COMMITS_MAX && found.size < names.length && Date.now() < deadline; walked += 1) {
    const { commit } = await git.readCommit({ ...at, oid: id });
    const [parent] = commit.parent;
    const before = parent === undefined ? new Map<string, string>() : idsOf(await readFolder(at, parent, parts));
    const words: EntryCommit = {
      id,
      subject: plainText(commit.message.slice(0, 1_000).split('\n')[0] ?? '', 200),
      at: new Date(commit.committer.timestamp * 1000).toISOString(),
    };
    for (const name of names) if (!found.has(name) && ids.get(name) !== before.get(name)) found.set(name, words);
    if (parent === undefined) break;
    [id, ids] = [parent, before];
  }
  return found;
}

function idsOf(tree: TreeEntry[]): Map<string, string> {
  return new Map(tree.map(({ path, oid, mode }) => [path, `${mode} ${oid}`]));
}

/** Empty when there is no such folder in the commit. */
async function readFolder(at: At, commit: string, parts: string[]): Promise<TreeEntry[]> {
  let { tree } = await git.readTree({ ...at, oid: commit });
  for (const part of parts) {
    const entry = tree.find(({ path, type }) => path === part && type === 'tree');
    if (!entry) return [];
    ({ tree } = await git.readTree({ ...at, oid: entry.oid }));
  }
  return tree;
}
