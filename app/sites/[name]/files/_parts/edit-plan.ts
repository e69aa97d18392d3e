// What an edit says and changes, from what stands in the editor. Pure.

import type { Change } from '#lib/git/changes.ts';

export interface Edited {
  /** What it is at main; null: the file is new. */
  from: string | null;
  path: string;
  text: string;
}

/** Removing has no text. */
export function changesOf({ from, path, text }: Edited): Change[] {
  return from !== null && from !== path ? [{ path, from, content: text }] : [{ path, content: text }];
}

export function messageOf({ from, path }: Pick<Edited, 'from' | 'path'>): string {
  if (from === null) return path ? `Add ${path}` : '';
  return from === path ? `Change ${nameOf(path)}` : `Rename ${from} to ${path}`;
}

export function removalOf(path: string): { message: string; changes: Change[] } {
  return { message: `Remove ${path}`, changes: [{ path, content: null }] };
}

export function nameOf(path: string): string {
  return path.split('/').at(-1) ?? path;
}

export function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}
