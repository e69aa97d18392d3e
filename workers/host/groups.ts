// The instance's cgroups (cgroups(7)): its sites' below one parent, git's beside it. They outlive what made them.

import { readdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';

const ROOT = '/sys/fs/cgroup';

/** The instance's cgroup directories in every hierarchy, children before their parents. */
export async function instanceGroups(settings: Settings): Promise<string[]> {
  const name = `lightkeeper-${settings.instance}`;
  const isOurs = (directory: string) => directory === name || directory.startsWith(`${name}-`);
  const hierarchies = [ROOT, ...(await directories(ROOT))];
  const found: string[] = [];
  for (const hierarchy of hierarchies) {
    for (const directory of await directories(hierarchy)) {
      if (isOurs(path.basename(directory))) found.push(...(await treeOf(directory)));
    }
  }
  return found;
}

/** Lets frozen processes go on, so that they can end: under cgroup v1 not even SIGKILL reaches them. */
export async function thawGroups(settings: Settings): Promise<void> {
  for (const directory of await instanceGroups(settings)) {
    for (const [file, text] of [
      ['freezer.state', 'THAWED'],
      ['cgroup.freeze', '0'],
    ] as const) {
      // Only the freezer's own hierarchy has the first, only version 2 the second.
      await writeFile(path.join(directory, file), text, { flag: 'r+' }).catch(() => {});
    }
  }
}

/** Removes the empty ones. A busy one stays, and is found again by the next `up`. */
export async function removeGroups(settings: Settings): Promise<void> {
  for (const directory of await instanceGroups(settings)) await rmdir(directory).catch(() => {});
}

async function treeOf(directory: string): Promise<string[]> {
  const below = await Promise.all((await directories(directory)).map(treeOf));
  return [...below.flat(), directory];
}

/** Cgroup v1 names some hierarchies twice, by links: those are not followed. */
async function directories(place: string): Promise<string[]> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []); // Removed while we look.
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => path.join(place, name));
}
