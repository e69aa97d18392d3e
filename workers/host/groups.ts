// The cgroups an instance leaves when everything in them has ended.

import { readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';

const ROOT = '/sys/fs/cgroup';

/** Removes the empty ones, children first. A busy one stays, and is found again by the next `up`. */
export async function removeGroups(settings: Settings): Promise<void> {
  const controllers = await readdir(ROOT).catch(() => [] as string[]);
  for (const root of [ROOT, ...controllers.map((name) => path.join(ROOT, name))]) {
    const names = await readdir(root).catch(() => [] as string[]); // Not every entry is a directory.
    for (const name of names) if (isOurs(settings, name)) await removeTree(path.join(root, name));
  }
}

/** The sites' group, and those beside it: git's, the histories'. No instance has a hyphen in its name. */
function isOurs({ instance }: Settings, name: string): boolean {
  return name === `lightkeeper-${instance}` || name.startsWith(`lightkeeper-${instance}-`);
}

async function removeTree(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(path.join(dir, entry.name));
  await rmdir(dir).catch(() => {}); // Still in use, or gone already.
}
