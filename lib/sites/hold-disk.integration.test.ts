import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import type { DiskLimits } from '../disk/disk.ts';
import { parseSettings } from '../env.ts';
import { releaseLease, takeLease } from '../jobs/lease.ts';
import { tightenHeldDisks } from './hold-disk.ts';
import { insertReady } from './launch.ts';

const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
const log = { debug() {}, info() {}, warn() {}, error() {} };
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

async function newSite(diskHeldFor: string | null) {
  const site = await insertReady({ db: database.db, settings });
  return database.db.site.update({ where: { id: site?.id ?? '' }, data: { state: 'live', diskHeldFor } });
}

async function tighten(fails: (siteId: string) => boolean = () => false): Promise<string[]> {
  const resized: string[] = [];
  const resize = async (siteId: string, { held }: DiskLimits) => {
    expect(held).toBe(true);
    if (fails(siteId)) throw new Error('busy');
    resized.push(siteId);
  };
  await tightenHeldDisks({ db: database.db, disk: { resize }, log, runner: 'deploy-1-x' });
  return resized;
}

test('every held disk is tightened, and no other; one that fails keeps nobody from it', async () => {
  const [one, two] = [await newSite('Too many files.'), await newSite('Too many files.')];
  await newSite(null);
  expect((await tighten()).sort()).toEqual([one.id, two.id].sort());
  expect(await tighten((id) => id === one.id)).toEqual([two.id]);
  expect(await database.db.lease.count()).toBe(0);
});

test('a disk that somebody works on, such as who gives it its own limit back, is left to him', async () => {
  const [one, two] = [await newSite('Too many files.'), await newSite('Too many files.')];
  await takeLease(database.db, `converge:${one.id}`, 'somebody');
  expect(await tighten()).toEqual([two.id]);
  await releaseLease(database.db, `converge:${one.id}`, 'somebody');
  expect((await tighten()).sort()).toEqual([one.id, two.id].sort());
});
