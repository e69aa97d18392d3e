// Names what something was made from: a hash over files' names and contents, so that a second `up` knows within
// milliseconds that nothing changed.

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** Tests are left out; a source that is absent counts as empty. */
export async function hashSources(directory: string, sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of await filesUnder(path.join(directory, source))) {
      hash.update(path.relative(directory, file)).update('\0');
      hash.update(await readFile(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

/** A short name for texts, which differs when one of them does. */
export function hashTexts(...texts: string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}

async function filesUnder(place: string): Promise<string[]> {
  const found = await stat(place).catch(() => null);
  if (!found) return [];
  if (found.isFile()) return /\.test\.tsx?$/.test(place) ? [] : [place];
  const lists = await Promise.all((await readdir(place)).sort().map((entry) => filesUnder(path.join(place, entry))));
  return lists.flat();
}
