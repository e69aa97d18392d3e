import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { requestClone } from './clone.ts';

const GB = 2n ** 30n;
const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32), LIGHTKEEPER_SSH_PORTS: '22000-22019' });
let database: TestDatabase;
let site: { id: string; name: string; ownerId: string };

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  const { db } = database;
  await db.site.deleteMany();
  await db.user.deleteMany();
  await db.host.deleteMany();
  await db.launch.deleteMany();
  const owner = await db.user.create({ data: { role: 'member' } });
  const secrets = { sealedPassword: 'x', sealedToken: 'x' };
  const row = { name: 'calm-reef-7', planName: 'member', sshPort: 22_000, state: 'live' as const, pidsMax: 99 };
  site = { ...(await db.site.create({ data: { ...row, ...secrets, ownerId: owner.id } })), ownerId: owner.id };
});

const clone = (change = {}) =>
  requestClone(
    { db: database.db, settings },
    { site, checkpointId: null, name: null, address: '192.0.2.1', ...change },
  );

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string } | null> {
  return work.then(
    () => null,
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      return { code: error.code, message: error.message };
    },
  );
}

test("a clone is the same owner's, with the limits of the original and secrets of its own", async () => {
  const copy = await clone({ name: 'calm-copy' });
  expect(copy).toMatchObject({
    name: 'calm-copy',
    ownerId: site.ownerId,
    state: 'launching',
    pidsMax: 99,
    sshPort: 22_001,
  });
  expect(copy.sealedToken).not.toBe('x');
  const checkpoint = await database.db.checkpoint.findUniqueOrThrow({ where: { id: copy.cloneOfId ?? '' } });
  expect(checkpoint).toMatchObject({ siteId: site.id, cause: 'clone', status: 'making' });
  const jobs = await database.db.$queryRaw<{ key: string }[]>`select key from graphile_worker.jobs`;
  expect(jobs.map(({ key }) => key)).toEqual(expect.arrayContaining([`converge:${site.id}`, `converge:${copy.id}`]));
});

test('from a checkpoint it is of that one, which must be there and be its own', async () => {
  const { db } = database;
  const { id } = await db.checkpoint.create({ data: { siteId: site.id, cause: 'manual' } });
  expect(await refusal(clone({ checkpointId: id }))).toMatchObject({ code: 'site-not-ready' });
  await db.checkpoint.update({ where: { id }, data: { status: 'ready' } });
  expect((await clone({ checkpointId: id })).cloneOfId).toBe(id);
  const other = await db.site.create({
    data: { name: 'far-bay-8', planName: 'guest', sshPort: 22_009, sealedPassword: 'x', sealedToken: 'x' },
  });
  const foreign = await db.checkpoint.create({ data: { siteId: other.id, cause: 'manual', status: 'ready' } });
  expect(await refusal(clone({ checkpointId: foreign.id }))).toMatchObject({ code: 'not-found' });
});

test('it counts among the sites, the disk and the memory of its owner, with the numbers', async () => {
  const { db } = database;
  await db.user.update({ where: { id: site.ownerId }, data: { sitesMax: 1 } });
  expect(await refusal(clone())).toEqual({
    code: 'too-many-sites',
    message: 'You have 1 of 1 site, and a clone is one more.',
  });
  await db.user.update({ where: { id: site.ownerId }, data: { sitesMax: 5, totalDiskBytesMax: 3n * GB } });
  expect(await refusal(clone())).toMatchObject({
    code: 'over-total',
    message: expect.stringContaining('2 GB of the 3 GB'),
  });
  expect(await db.site.count()).toBe(1);
  expect(await db.checkpoint.count()).toBe(0);
});

test('what the copy takes at once must fit the pool beside its reserve', async () => {
  const { db } = database;
  const host = { node: 'local', memoryBytes: 64n * GB, cpuCount: 1, diskKind: 'btrfs', readAt: new Date() };
  await db.host.create({ data: { ...host, poolBytes: 10n * GB, poolBytesFree: 2n * GB } });
  const usage = { memoryBytes: 0n, pids: 0, cpuMicros: 0n, readAt: new Date() };
  await db.usage.create({ data: { siteId: site.id, ...usage, diskBytes: GB } });
  expect(await refusal(clone())).toMatchObject({ code: 'host-full', message: expect.stringMatching(/9.* of 10/) });
  await db.usage.update({ where: { siteId: site.id }, data: { diskBytes: GB / 4n } });
  expect(await refusal(clone())).toBeNull();
});

test('a taken name, a bad one and a site that is not live are refused, two of one name at once too', async () => {
  expect(await refusal(clone({ name: site.name }))).toMatchObject({ code: 'name-taken' });
  expect(await refusal(clone({ name: '../x' }))).toMatchObject({ code: 'bad-name' });
  const both = await Promise.all([refusal(clone({ name: 'both-of-us' })), refusal(clone({ name: 'both-of-us' }))]);
  expect(both.filter((one) => one === null)).toHaveLength(1);
  await database.db.site.update({ where: { id: site.id }, data: { restoringId: site.id } });
  expect(await refusal(clone())).toMatchObject({
    code: 'site-not-ready',
    message: expect.stringContaining('restored'),
  });
});
