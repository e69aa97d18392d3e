// Writes a file so that a reader, or a kill in the middle, finds the old text or the new one and nothing between.

import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Answers whether the text was another one. The unfinished file's name starts with a dot: s6-envdir passes over it. */
export async function replaceFile(file: string, text: string, mode: number): Promise<boolean> {
  if ((await readFile(file, 'utf8').catch(() => null)) === text) return false;
  const unfinished = path.join(path.dirname(file), `.${path.basename(file)}.new`);
  await writeFile(unfinished, text, { mode, flush: true });
  await rename(unfinished, file);
  return true;
}
