import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { insertReady } from './launch.ts';
import { requestRestart } from './restart.ts';

const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
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

async function newSite(state: 'live' | 'launching') {
  const site = await insertReady({ db: database.db, settings });
  return database.db.site.update({ where: { id: site?.id ?? '' }, data: { state } });
}

const jobs = () =>
  database.db.$queryRaw<{ key: string }[]>`select key from graphile_worker.jobs where key like 'converge:%'`;

test('a restart asks for a new container on the same disk, and says so among the events', async () => {
  const site = await newSite('live');
  await requestRestart(database.db, site);
  const after = await database.db.site.findUniqueOrThrow({ where: { id: site.id }, include: { events: true } });
  expect(after.generation).toBe(site.generation + 1);
  expect(after.events.map(({ kind }) => kind)).toEqual(['restarted']);
  expect(await jobs()).toContainEqual({ key: `converge:${site.id}` });
});

test('a second restart within ten seconds is refused and changes nothing', async () => {
  const site = await newSite('live');
  await requestRestart(database.db, site);
  await expect(requestRestart(database.db, site)).rejects.toMatchObject({ code: 'too-many-requests' });
  const after = await database.db.site.findUniqueOrThrow({ where: { id: site.id } });
  expect(after.generation).toBe(site.generation + 1);
});

test('a site that is being launched cannot be restarted', async () => {
  const site = await newSite('launching');
  await expect(requestRestart(database.db, site)).rejects.toMatchObject({ code: 'site-not-ready' });
});
