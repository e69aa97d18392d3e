import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { dropLeases, freeAllJobs, freeJobs } from './free.ts';

const SITE = '0198a0a0-0000-7000-8000-000000000001';
const NOBODY = new Set<string>();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.$executeRaw`delete from graphile_worker._private_jobs`;
  await database.db.heartbeat.deleteMany();
  await database.db.lease.deleteMany();
});

/** A job that is worked on, since a minute. */
async function lockedJob(by: string): Promise<void> {
  await database.db.$executeRaw`select graphile_worker.add_job('converge', job_key := ${by}::text)`;
  await database.db.$executeRaw`
    update graphile_worker._private_jobs set locked_by = ${by}, locked_at = now() - interval '1 minute' where key = ${by}`;
}

async function lockers(): Promise<string[]> {
  const rows = await database.db.$queryRaw<{ by: string }[]>`
    select locked_by as by from graphile_worker.jobs where locked_by is not null order by 1`;
  return rows.map(({ by }) => by);
}

test('a job of a process that was killed before its first heartbeat is free again, and that of a living one is not', async () => {
  await lockedJob('worker-alive');
  await lockedJob('worker-never-beat');
  await database.db.heartbeat.create({ data: { process: 'worker-alive' } });
  await freeJobs(database.db, 90_000, NOBODY);
  expect(await lockers()).toEqual(['worker-alive', 'worker-never-beat']);
  await freeJobs(database.db, 10_000, NOBODY);
  expect(await lockers()).toEqual(['worker-alive']);
});

test('a process that stood still for so long that its own heartbeat is gone keeps its jobs', async () => {
  await lockedJob('pool-that-stood-still');
  await lockedJob('pool-of-the-dead');
  await freeJobs(database.db, 10_000, new Set(['worker', 'pool-that-stood-still']));
  expect(await lockers()).toEqual(['pool-that-stood-still']);
});

test('at its start the worker frees all jobs of the one before it, also while that one still seems to live', async () => {
  await lockedJob('worker-before');
  await database.db.heartbeat.create({ data: { process: 'worker-before' } });
  await freeAllJobs(database.db);
  expect(await lockers()).toEqual([]);
});

test('expired leases go with their site, or after a minute; those that hold stay', async () => {
  const plan = { name: 'guest', diskBytesMax: 1, inodesMax: 1, memoryBytesMax: 1, cpuMillisMax: 1, pidsMax: 1 };
  const more = { openFilesMax: 1, logBytesMax: 1, tmpfsBytesMax: 1, pushBytesMax: 1, sitesMax: 1, connectionsMax: 1 };
  const totals = { totalDiskBytesMax: 1, totalMemoryBytesMax: 1, bandwidthBytesMax: 1, newConnectionsMax: 1 };
  await database.db.plan.create({ data: { ...plan, ...more, ...totals } });
  const secrets = { sealedPassword: 'x', sealedToken: 'x' };
  await database.db.site.create({ data: { id: SITE, name: 'a', planName: 'guest', sshPort: 1, ...secrets } });
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);
  const holder = 'deploy-1-x';
  await database.db.lease.createMany({
    data: [
      { name: `site:${SITE}`, holder, expiresAt: ago(30) },
      { name: `converge:${SITE}`, holder, expiresAt: ago(61) },
      { name: 'site:0198a0a0-0000-7000-8000-000000000002', holder, expiresAt: ago(1) },
      { name: 'converge:0198a0a0-0000-7000-8000-000000000002', holder, expiresAt: ago(-10) },
    ],
  });
  await dropLeases(database.db);
  const left = await database.db.lease.findMany({ orderBy: { name: 'asc' }, select: { name: true } });
  expect(left.map(({ name }) => name)).toEqual(['converge:0198a0a0-0000-7000-8000-000000000002', `site:${SITE}`]);
});
