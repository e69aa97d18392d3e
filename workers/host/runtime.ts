// Copies of what processes without root's rights need to read, out of a checkout that may be root's alone: node, the
// container's scripts, git's hooks, the proxy's pages and script.

import { chmod, copyFile, mkdir, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { copyReadable } from './copy-readable.ts';

export const PROJECT_DIR = path.resolve(import.meta.dirname, '../..');

/** Where the copied node is. */
export function nodePath(settings: Settings): string {
  return path.join(settings.paths.runtime, 'node/node');
}

/** Brings the copies up to date. Running containers hold the directory of their scripts mounted. */
export async function ensureRuntime(settings: Settings): Promise<void> {
  const { runtime } = settings.paths;
  await mkdir(runtime, { recursive: true });
  await chmod(runtime, 0o755);
  await copyReadable([{ from: process.execPath, to: 'node' }], path.join(runtime, 'node'), process.version);
  await copyForAll(path.join(PROJECT_DIR, 'workers/container'), path.join(runtime, 'container'));
  await copyForAll(path.join(PROJECT_DIR, 'workers/git-hooks'), path.join(runtime, 'git-hooks'));
  await copyForAll(path.join(PROJECT_DIR, 'lib/proxy'), path.join(runtime, 'proxy'));
  await copyForAll(path.join(PROJECT_DIR, 'public/pages'), path.join(runtime, 'pages'));
}

/**
 * Copies a folder's files so that every user can read and enter them and run what its owner could run, whatever umask the
 * checkout was made under. Each file is replaced in one step: a shell that is reading the old one reads it to its end.
 */
export async function copyForAll(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await chmod(target, 0o755);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [path.join(source, entry.name), path.join(target, entry.name)];
    if (entry.isDirectory()) await copyForAll(from, to);
    else if (!entry.name.endsWith('.ts')) await copyFileForAll(from, to);
  }
}

async function copyFileForAll(from: string, to: string): Promise<void> {
  const fresh = path.join(path.dirname(to), `.${path.basename(to)}.new`);
  await copyFile(from, fresh);
  await chmod(fresh, (await stat(from)).mode & 0o100 ? 0o755 : 0o644);
  await rename(fresh, to);
}
