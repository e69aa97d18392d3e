// Copies for processes without root's rights, out of a checkout that may be root's alone, made under any umask.

import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command.ts';

const STAMP = 'version';

/**
 * Puts copies of the sources into one directory that everybody may read and only root may write. It is there whole or
 * not at all, and left alone while its version is this one. Answers whether it is new.
 */
export async function copyReadable(
  sources: { from: string; to: string }[],
  target: string,
  version: string,
): Promise<boolean> {
  if ((await readVersion(target)) === version) return false;
  const unfinished = `${target}.new`;
  await rm(unfinished, { recursive: true, force: true });
  for (const { from, to } of sources) {
    await cp(from, path.join(unfinished, to), { recursive: true, verbatimSymlinks: true });
  }
  await writeFile(path.join(unfinished, STAMP), version);
  // What is executable for root stays so, for everybody.
  await runCommand('chmod', ['--recursive', 'u=rwX,go=rX', '--', unfinished]);
  await rm(target, { recursive: true, force: true });
  await rename(unfinished, target);
  return true;
}

export async function readVersion(target: string): Promise<string | null> {
  return readFile(path.join(target, STAMP), 'utf8').catch(() => null); // Not there yet.
}
