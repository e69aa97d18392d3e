import { execFile } from 'node:child_process';
import { mkdir, readdir, utimes } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#lib/db/client.ts';
import { createStarter, initRepository } from '#lib/git/repository.ts';
import { repositoryOf } from '#lib/git/site.ts';
import { createStand, type Stand } from '#lib/git/test-stand.ts';
import { createCollector } from './collector.ts';

const HOUR = 3_600_000;
let stand: Stand;
let paths: { pool: string };

beforeAll(async () => {
  stand = await createStand();
  paths = { pool: path.join(stand.directory, 'pool') };
});

afterAll(() => stand.close());

test('a pushed repository is packed once it is quiet, a fresh one and one that is away are left alone', async () => {
  const [pushed, fresh, away] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  for (const id of [pushed, fresh]) {
    await mkdir(repositoryOf(paths, id), { recursive: true });
    await initRepository(repositoryOf(paths, id), stand.deps.confinement.account);
    await createStarter(repositoryOf(paths, id), stand.deps.confinement.account);
  }
  await utimes(path.join(repositoryOf(paths, pushed), 'HEAD'), new Date(0), new Date(0));
  const db = { site: { findMany: async () => [pushed, fresh, away].map((id) => ({ id })) } } as unknown as Db;
  let now = Date.now();
  const collect = createCollector({ db, git: stand.deps, paths, now: () => now });

  await collect();
  expect(await packs(pushed), 'it may still be pushed to').toBe(0);
  now += 2 * 60_000;
  await collect();
  expect(await packs(pushed)).toBe(1);
  expect(await packs(fresh)).toBe(0);
  const git = ['-c', 'safe.directory=*', `--git-dir=${repositoryOf(paths, pushed)}`, 'fsck', '--full'];
  await promisify(execFile)('git', git, { timeout: 20_000 });

  now += 2 * HOUR;
  await collect();
  expect(await packs(pushed), 'nothing was pushed since').toBe(1);
});

async function packs(id: string): Promise<number> {
  const names = await readdir(path.join(repositoryOf(paths, id), 'objects/pack'));
  return names.filter((name) => name.endsWith('.pack')).length;
}
