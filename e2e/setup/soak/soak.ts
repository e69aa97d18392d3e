// Users who do random things while random faults happen; then quiet, and everything has to be as it was acknowledged.

import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeAccount, own } from '../accounts.ts';
import { untilConverged } from '../check-state.ts';
import { query } from '../database.ts';
import { get, type Site } from '../fixtures.ts';
import { causeFaults } from './faults.ts';
import { History } from './history.ts';
import { readPage } from './page.ts';
import { createRandom } from './random.ts';
import { SoakUser } from './user.ts';

const USERS = 3;
const CONVERGE_MS_MAX = 60_000;

export interface Soaked {
  /** Empty: nothing was lost, and nothing is left. */
  wrong: string[];
  convergedSeconds: number | null;
  history: History;
}

export async function soak({ seed, seconds }: { seed: number; seconds: number }): Promise<Soaked> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-soak-'));
  const history = new History();
  const users = Array.from({ length: USERS }, (_, index) => {
    const random = createRandom(seed * 1_000 + index);
    return new SoakUser(`user${index}`, { dir, random, history, claim });
  });
  const over = new AbortController();
  const deadline = performance.now() + seconds * 1_000;
  try {
    const faults = causeFaults({ random: createRandom(seed * 1_000 + USERS), history }, over.signal);
    await Promise.all(
      users.map(async (user) => {
        while (performance.now() < deadline) await user.act();
      }),
    );
    over.abort();
    await faults;
    const converged = await untilConverged(undefined, { msMax: CONVERGE_MS_MAX }).catch(String);
    const left = typeof converged === 'string' ? [converged] : [];
    const wrong = [...users.flatMap((user) => user.wrong), ...left, ...(await lost(users))];
    return { wrong, convergedSeconds: typeof converged === 'number' ? converged : null, history };
  } finally {
    over.abort();
    await rm(dir, { recursive: true, force: true });
  }
}

async function claim(site: Site): Promise<void> {
  await own(site, await makeAccount('soak'));
}

/** What was acknowledged and is not so. */
async function lost(users: SoakUser[]): Promise<string[]> {
  const found: string[] = [];
  for (const { site, promised, gone } of users) {
    for (const { address, siteName } of gone) {
      const { status } = await get(address);
      if (status !== 404) found.push(`${siteName} was deleted, and its address answers ${status}`);
    }
    if (!site) continue;
    const { status, body } = await get(site.address);
    const page = readPage(body);
    const isText = page !== null && promised.texts.has(page.text);
    const isValue = page !== null && (page.value === '' || promised.values.has(page.value));
    if (status === 200 && isText && isValue) continue;
    const expected = `${[...promised.texts]} with ${[...promised.values]}`;
    found.push(`${site.name} answers ${status} ${body.slice(0, 80)} instead of ${expected}`);
  }
  return found;
}

/** All sites with an owner, and the accounts that were made, go. */
export async function clearSites(): Promise<void> {
  await query(`update "Site" set state = 'deleting', "undoUntil" = null where "ownerId" is not null`);
  await untilConverged(undefined, { msMax: CONVERGE_MS_MAX });
}
