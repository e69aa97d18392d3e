// Compares what an instance's rows want with what its machine has: the look that `npm run doctor` takes.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '#lib/db/client.ts';
import { parseSettings, requireDatabaseUrl, type Settings } from '#lib/env.ts';
import { createLog } from '#lib/log.ts';
import { type Difference, writeDifference } from '#lib/state/difference.ts';
import { differencesOf } from '#lib/state/differences.ts';
import { readWanted } from '#lib/state/wanted.ts';
import { readActual } from './read-actual.ts';
import { envDir } from './variables.ts';

const LOOK_MS = 500;

/** One look. What is under way at this moment is among the differences. Throws where a part is away. */
export async function compareState(given: Settings): Promise<Difference[]> {
  const settings = await workersSettings(given);
  const db = openDb(requireDatabaseUrl(settings), 4);
  try {
    // The rows around the machine: only what differs from both, in the same way, differs.
    const before = await readWanted(db, settings);
    const actual = await readActual(settings, createLog('doctor'));
    const after = await readWanted(db, settings);
    const now = new Date();
    const first = new Set(differencesOf(before, actual, settings, now).map(writeDifference));
    return differencesOf(after, actual, settings, now).filter((one) => first.has(writeDifference(one)));
  } finally {
    await db.$disconnect();
  }
}

/** What differs for all of this time, in words, without what a living worker is at. */
export async function lastingDifferences(settings: Settings, msMax: number): Promise<string[]> {
  const deadline = Date.now() + msMax;
  let lasting: string[] | null = null;
  for (;;) {
    const now: string[] = await compareState(settings).then(
      (differences) => differences.filter(({ underWay }) => !underWay).map(writeDifference),
      (error) => [`the machine cannot be compared: ${error instanceof Error ? error.message : String(error)}`],
    );
    lasting = lasting ? lasting.filter((one) => now.includes(one)) : now;
    if (lasting.length === 0 || Date.now() > deadline) return lasting;
    await sleep(LOOK_MS);
  }
}

/** With what set-up found out, as the workers get them. */
async function workersSettings(settings: Settings): Promise<Settings> {
  const dir = envDir(settings);
  const variables = (await readdir(dir)).map(async (name) => [name, await readFile(path.join(dir, name), 'utf8')]);
  return parseSettings(Object.fromEntries(await Promise.all(variables)) as Record<string, string>);
}
