import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/db/test-database.ts';
import { parseSettings } from '#lib/env.ts';
import { addJob } from '#lib/jobs/add.ts';
import { createLog } from '#lib/log.ts';
import { insertReady } from '#lib/sites/launch.ts';
import type { KernelLimits } from '#lib/usage/kernel-limits.ts';
import { seedPlans } from '../../prisma/seed.ts';
import { correctDrift } from './drift.ts';

const MB = 2 ** 20;
const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
const GUEST: KernelLimits = { memoryBytesMax: 256 * MB, pidsMax: 128, cpuMillisMax: 1000 };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.site.deleteMany();
});

async function liveSite() {
  const ready = await insertReady({ db: database.db, settings });
  const site = await database.db.site.update({ where: { id: ready?.id ?? '' }, data: { state: 'live' } });
  const usage = { diskBytes: 0n, memoryBytes: 0n, pids: 1, cpuMicros: 0n, readAt: new Date() };
  await database.db.usage.create({ data: { siteId: site.id, instanceId: 'box', ...usage } });
  await database.db.$executeRaw`delete from graphile_worker._private_jobs`;
  return site;
}

const look = (site: { id: string }, readings: KernelLimits[], diskBytesMax: number | null = 1024 * MB) => {
  const left = [...readings];
  const kernel = { limits: () => (left.length > 1 ? left.shift() : left[0]) ?? null };
  const disk = { limits: async () => new Map([[site.id, diskBytesMax]]) };
  return correctDrift({ db: database.db, disk, kernel, log: createLog('test') }, 0);
};
const events = async () => (await database.db.event.findMany({ where: { kind: 'drift' } })).map(({ text }) => text);
const jobs = () =>
  database.db.$queryRaw<{ key: string }[]>`select key from graphile_worker.jobs where key like 'limits:%'`;

test('limits that are as the rows say make neither job nor event', async () => {
  expect(await look(await liveSite(), [GUEST])).toEqual([]);
  expect(await jobs()).toEqual([]);
});

test('drift is told once, however often it is found, and asked to be put right each time', async () => {
  const site = await liveSite();
  expect(await look(site, [{ ...GUEST, memoryBytesMax: 512 * MB }], null)).toEqual([site.id]);
  await database.db.$executeRaw`delete from graphile_worker._private_jobs`;
  expect(await look(site, [{ ...GUEST, memoryBytesMax: 512 * MB }], null)).toEqual([site.id]);
  expect(await jobs()).toEqual([{ key: `limits:${site.id}` }]);
  expect(await events()).toEqual([
    'The memory limit was 512 MB instead of 256 MB; corrected. The disk limit was off instead of 1 GB; corrected.',
  ]);
});

test('what is well at the second look was a change under way', async () => {
  expect(await look(await liveSite(), [{ ...GUEST, pidsMax: 7 }, GUEST])).toEqual([]);
  expect(await events()).toEqual([]);
});

test.each(['limits', 'converge'] as const)(
  'a site with a job of %s is left alone: it is being changed',
  async (job) => {
    const site = await liveSite();
    await addJob(database.db, job, { siteId: site.id });
    expect(await look(site, [{ ...GUEST, pidsMax: 7 }])).toEqual([]);
  },
);

test('a container that has gone since it was read has no drift', async () => {
  const site = await liveSite();
  await database.db.usage.update({ where: { siteId: site.id }, data: { instanceId: null } });
  expect(await look(site, [{ ...GUEST, pidsMax: 7 }])).toEqual([]);
});
