// Makes a site's bare repository and its first commit. Nothing in it comes from a template of this machine: no hooks, no
// description, a configuration of three lines.

import fs from 'node:fs';
import { chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import git from 'isomorphic-git';
import type { Account } from './account.ts';
import { MAIN_REF } from './refs.ts';

const CONFIG = '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n';
const DIRECTORIES = ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info'];

/** The same for every site, so that every starter commit is the same object. */
const AUTHOR = { name: 'Lightkeeper', email: 'hello@lightkeeper.invalid', timestamp: 1_767_225_600, timezoneOffset: 0 };
const STARTER_DIR = path.join(import.meta.dirname, 'starter');

/** Makes an empty bare repository whose HEAD is main, owned by the account. One that exists is kept. */
export async function initRepository(repository: string, account: Account): Promise<void> {
  for (const directory of DIRECTORIES) await mkdir(path.join(repository, directory), { recursive: true });
  await writeNew(path.join(repository, 'config'), CONFIG);
  await writeNew(path.join(repository, 'HEAD'), `ref: ${MAIN_REF}\n`);
  await own(repository, account);
}

/**
 * Writes the starter app as the first commit of main and answers with its id. Safe to repeat; a repository that has a
 * main already keeps it, and its commit is the answer.
 */
export async function createStarter(repository: string, account: Account): Promise<string> {
  const at = { fs, gitdir: repository };
  const existing = await git.resolveRef({ ...at, ref: MAIN_REF }).catch(() => null);
  if (existing) return existing;
  await dropObjects(repository);
  const names = (await readdir(STARTER_DIR)).sort();
  const tree = await Promise.all(
    names.map(async (name) => ({
      mode: '100644',
      path: name,
      oid: await git.writeBlob({ ...at, blob: await readFile(path.join(STARTER_DIR, name)) }),
      type: 'blob' as const,
    })),
  );
  const commit = await git.writeCommit({
    ...at,
    commit: {
      message: 'Start with a greeting\n',
      tree: await git.writeTree({ ...at, tree }),
      parent: [],
      author: AUTHOR,
      committer: AUTHOR,
    },
  });
  await git.writeRef({ ...at, ref: MAIN_REF, value: commit, force: true });
  await own(repository, account);
  return commit;
}

/** One whose writing was cut off is a broken file, and would count as that object for good. */
async function dropObjects(repository: string): Promise<void> {
  const objects = path.join(repository, 'objects');
  const loose = (await readdir(objects)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  await Promise.all(loose.map((name) => rm(path.join(objects, name), { recursive: true, force: true })));
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
  }
}

/** The directory is the platform's: tenants reach it only through git, so there is no link to follow. */
async function own(repository: string, { uid, gid }: Account): Promise<void> {
  const entries = await readdir(repository, { recursive: true, withFileTypes: true });
  const paths = [repository, ...entries.map((entry) => path.join(entry.parentPath, entry.name))];
  await Promise.all(paths.map((each) => chown(each, uid, gid)));
}
