// Applies changes to a commit's tree. Only the folders on the way to a changed file are read; a tree that is not touched
// keeps its id, whatever is in it.

import type { AppError } from '../errors/app-error.ts';
import type { Change } from './changes.ts';
import { encodeObject, encodeTree, FOLDER_MODE, type GitObject, type TreeLine } from './objects.ts';
import { checkPath, refusedPath } from './tree-paths.ts';

/** The lines of a tree, by its id. */
export type ReadTree = (id: string) => Promise<TreeLine[]>;

export interface EditedTree {
  id: string;
  /** The new trees and blobs. */
  objects: GitObject[];
}

interface Folder {
  lines: Map<string, TreeLine>;
  folders: Map<string, Folder>;
}

const FILE_MODE = '100644';
const LINK_MODE = '120000';
const SUBMODULE_MODE = '160000';

/** Throws `push-refused` at a path that may not be or is not what the change takes it for. */
export async function editTree(read: ReadTree, root: string, changes: Change[]): Promise<EditedTree> {
  const top = await openFolder(read, root);
  const objects: GitObject[] = [];
  for (const change of changes) await applyChange(read, top, change, objects);
  return { id: closeFolder(top, objects), objects };
}

async function applyChange(read: ReadTree, top: Folder, change: Change, objects: GitObject[]): Promise<void> {
  const { path, from, content } = change;
  checkPath(path);
  const kept = from === undefined || from === path ? null : await takeFile(read, top, from);
  if (content === null && !kept) return void (await takeFile(read, top, path));
  const { folder, name } = await reach(read, top, path, true);
  const present = folder.lines.get(name);
  if (present?.mode === FOLDER_MODE) throw refusedPath(path, 'is a folder');
  if (kept && present) throw refusedPath(path, 'is there already');
  const old = kept ?? present;
  const isPlain = old && old.mode !== LINK_MODE && old.mode !== SUBMODULE_MODE;
  const mode = content === null ? (old?.mode ?? FILE_MODE) : isPlain ? old.mode : FILE_MODE;
  let id = old?.id ?? '';
  if (content !== null) {
    const blob = encodeObject('blob', Buffer.from(content));
    objects.push(blob);
    id = blob.id;
  }
  folder.lines.set(name, { mode, name, id });
}

/** Removes a file and answers what it was. */
async function takeFile(read: ReadTree, top: Folder, path: string): Promise<TreeLine> {
  checkPath(path);
  const { folder, name } = await reach(read, top, path, false);
  const line = folder.lines.get(name);
  if (!line) throw absent(path);
  if (line.mode === FOLDER_MODE) throw refusedPath(path, 'is a folder');
  folder.lines.delete(name);
  return line;
}

/** The folder of a path, read or made on the way, and the name in it. */
async function reach(
  read: ReadTree,
  top: Folder,
  path: string,
  make: boolean,
): Promise<{ folder: Folder; name: string }> {
  const parts = path.split('/').map((part) => Buffer.from(part).toString('latin1'));
  const name = parts.pop() ?? '';
  let folder = top;
  for (const part of parts) {
    const line = folder.lines.get(part);
    if (line && line.mode !== FOLDER_MODE) throw refusedPath(path, 'goes through a file');
    if (!line && !make) throw absent(path);
    const known = folder.folders.get(part);
    const next: Folder = known ?? (line ? await openFolder(read, line.id) : { lines: new Map(), folders: new Map() });
    folder.folders.set(part, next);
    if (!line) folder.lines.set(part, { mode: FOLDER_MODE, name: part, id: '' });
    folder = next;
  }
  return { folder, name };
}

async function openFolder(read: ReadTree, id: string): Promise<Folder> {
  return { lines: new Map((await read(id)).map((line) => [line.name, line])), folders: new Map() };
}

/** Folders that have become empty are left out, as git does. */
function closeFolder(folder: Folder, objects: GitObject[]): string {
  for (const [name, inner] of folder.folders) {
    const id = closeFolder(inner, objects);
    if (inner.lines.size === 0) folder.lines.delete(name);
    else folder.lines.set(name, { mode: FOLDER_MODE, name, id });
  }
  const tree = encodeTree([...folder.lines.values()]);
  objects.push(tree);
  return tree.id;
}

function absent(path: string): AppError {
  return refusedPath(path, 'is not in main');
}
