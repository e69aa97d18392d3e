// A commit that is made here, for somebody without git: the changed trees are worked out, and the result is pushed as
// anybody's. Nothing is written to the repository before git and the deployment have taken it.

import { AppError } from '../errors/app-error.ts';
import type { SignedEdit } from './changes.ts';
import { planReading } from './commit.ts';
import type { GitSite } from './conversation.ts';
import type { GitDeps } from './deps.ts';
import { editTree } from './edit-tree.ts';
import { encodeCommit, type TreeLine } from './objects.ts';
import { mainMoved, pushObjects } from './push-objects.ts';
import { readGit } from './read.ts';
import { MAIN_REF } from './refs.ts';

const ENTRIES_MAX = 20_000;
const LINE = /^(\d{6}) (?:blob|tree|commit) ([0-9a-f]{40})\t(.+)$/s;

/** Answers the new commit, once it is live. Throws `main-moved`, `bad-request` when nothing would change, `push-refused`. */
export async function commitChanges(
  deps: GitDeps,
  site: GitSite,
  edit: SignedEdit,
  onLine: (line: string) => void,
): Promise<string> {
  const main = await findMain(deps, site);
  if (main?.commit !== edit.parent) throw mainMoved();
  const read = (tree: string) => readTree(deps, site, tree);
  const edited = await editTree(read, main.tree, edit.changes).catch(inEditorsWords);
  if (edited.id === main.tree) throw nothingChanged();
  const commit = encodeCommit(edited.id, edit.parent, { ...edit.author, at: new Date() }, edit.message);
  const objects = [...new Map([commit, ...edited.objects].map((object) => [object.id, object])).values()];
  await pushObjects(deps, site, { old: edit.parent, new: commit.id, objects }, onLine);
  return commit.id;
}

async function findMain(deps: GitDeps, { repository }: GitSite): Promise<{ commit: string; tree: string } | null> {
  const args = ['for-each-ref', '--format=%(objectname) %(tree)', MAIN_REF];
  const output = await readGit(deps, { repository, args: [`--git-dir=${repository}`, ...args] });
  const [commit, tree] = output.toString('utf8').trim().split(' ');
  return commit && tree ? { commit, tree } : null;
}

async function readTree(deps: GitDeps, { repository }: GitSite, tree: string): Promise<TreeLine[]> {
  const lines: TreeLine[] = [];
  await readGit(deps, planReading({ repository, commit: tree }, ['ls-tree', '-z', tree]), {
    onRecord: (record) => {
      const [, mode = '', id = '', name = ''] = LINE.exec(record.toString('latin1')) ?? [];
      if (lines.push({ mode: mode.replace(/^0+/, ''), name, id }) > ENTRIES_MAX) throw tooManyEntries();
    },
  });
  return lines;
}

/** A path is judged as in a push; what to do about it is another thing. */
function inEditorsWords(cause: unknown): never {
  if (!(cause instanceof AppError) || cause.code !== 'push-refused') throw cause;
  throw new AppError('push-refused', { message: cause.message, hint: 'Choose another path. Nothing was changed.' });
}

function nothingChanged(): AppError {
  return new AppError('bad-request', {
    message: 'Nothing would change: the files are like this already.',
    hint: 'Change something first.',
  });
}

function tooManyEntries(): AppError {
  return new AppError('push-refused', {
    message: `The folder has more than ${ENTRIES_MAX.toLocaleString('en-US')} entries.`,
    hint: 'Change it in a clone.',
  });
}
