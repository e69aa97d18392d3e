// Copies of what processes without root's rights need to read, out of a checkout that may be root's alone: node, the
// container's scripts, git's hooks, the proxy's pages.

import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';

export const PROJECT_DIR = path.resolve(import.meta.dirname, '../..');

/** Where the copied node is. */
export function nodePath(settings: Settings): string {
  return path.join(settings.paths.runtime, 'node/node');
}

/** Brings the copies up to date. Scripts are replaced file by file: running containers hold the directory mounted. */
export async function ensureRuntime(settings: Settings): Promise<void> {
  const { runtime } = settings.paths;
  await mkdir(runtime, { recursive: true, mode: 0o755 });
  await copyNode(runtime);
  await copyScripts(path.join(PROJECT_DIR, 'workers/container'), path.join(runtime, 'container'));
  await copyScripts(path.join(PROJECT_DIR, 'workers/git-hooks'), path.join(runtime, 'git-hooks'));
  await cp(path.join(PROJECT_DIR, 'public/pages'), path.join(runtime, 'pages'), { recursive: true });
}

async function copyNode(runtime: string): Promise<void> {
  const target = path.join(runtime, 'node');
  const known = await readFile(path.join(target, 'version'), 'utf8').catch(() => '');
  if (known === process.version) return;
  await rm(`${target}.new`, { recursive: true, force: true });
  await mkdir(`${target}.new`, { mode: 0o755 });
  await cp(process.execPath, path.join(`${target}.new`, 'node'));
  await chmod(path.join(`${target}.new`, 'node'), 0o755);
  await writeFile(path.join(`${target}.new`, 'version'), process.version);
  await rm(target, { recursive: true, force: true });
  await rename(`${target}.new`, target);
}

async function copyScripts(source: string, target: string): Promise<void> {
  await cp(source, target, { recursive: true, filter: (file) => !file.endsWith('.ts') });
  await chmod(target, 0o755);
}
