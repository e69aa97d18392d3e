// Moves every owner of a tree up by the sub-id offset, so that user 0 of a container owns it (user_namespaces(7)). Only
// for a tree that nobody else can write to: it goes by path.

import { chmod, lchown, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

const CONCURRENCY = 64;
const SPECIAL_BITS = 0o7000;

/** Shifts each inode once, also one with several names. Not repeatable: a second call shifts again. */
export async function shiftOwners(root: string, offset: number): Promise<void> {
  const shifted = new Set<string>();
  const shiftOne = async (file: string): Promise<void> => {
    const stat = await lstat(file);
    const inode = `${stat.dev}:${stat.ino}`;
    if (shifted.has(inode)) return;
    shifted.add(inode);
    await lchown(file, stat.uid + offset, stat.gid + offset);
    const mode = stat.mode & 0o7777;
    // chown(2) clears set-user-id and set-group-id.
    if ((mode & SPECIAL_BITS) !== 0 && !stat.isSymbolicLink()) await chmod(file, mode);
  };
  await shiftOne(root);
  // With its types, a recursive listing does not follow symbolic links.
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (let start = 0; start < entries.length; start += CONCURRENCY) {
    const some = entries.slice(start, start + CONCURRENCY);
    await Promise.all(some.map(({ parentPath, name }) => shiftOne(path.join(parentPath, name))));
  }
}
