import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { holdByPolicy, startSite } from './hold.ts';
import { insertReady } from './launch.ts';
import { requestRestart } from './restart.ts';

const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
const TEXT = 'The site was stopped: its container ended 5 times within a minute.';
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

async function newSite(state: 'live' | 'deleting' = 'live') {
  const site = await insertReady({ db: database.db, settings });
  return database.db.site.update({ where: { id: site?.id ?? '' }, data: { state } });
}

const rowOf = (id: string) =>
  database.db.site.findUniqueOrThrow({ where: { id }, include: { events: { orderBy: { at: 'asc' } } } });

test('what kept ending is held with its sentence, and its owner starts it again in a new container', async () => {
  const site = await newSite();
  expect(await holdByPolicy(database.db, site.id, 'storm', TEXT)).toBe(true);
  expect(await rowOf(site.id)).toMatchObject({ heldBy: 'storm', heldFor: TEXT, generation: site.generation });
  await startSite(database.db, site);
  const started = await rowOf(site.id);
  expect(started).toMatchObject({ heldBy: null, heldFor: null, heldAt: null, generation: site.generation + 1 });
  expect(started.events.map(({ kind }) => kind)).toEqual(['released']);
});

test('a second click on start changes nothing', async () => {
  const site = await newSite();
  await startSite(database.db, site);
  expect(await rowOf(site.id)).toMatchObject({ generation: site.generation, events: [] });
});

test('who held first has the word, and a site that is going is left alone', async () => {
  const site = await newSite();
  await database.db.site.update({ where: { id: site.id }, data: { heldBy: 'admin', heldFor: 'Mining.' } });
  expect(await holdByPolicy(database.db, site.id, 'storm', TEXT)).toBe(false);
  expect(await rowOf(site.id)).toMatchObject({ heldBy: 'admin', heldFor: 'Mining.' });
  expect(await holdByPolicy(database.db, (await newSite('deleting')).id, 'storm', TEXT)).toBe(false);
});

test.each(['admin', 'network'] as const)('what %s stopped its owner cannot start', async (heldBy) => {
  const site = await newSite();
  await database.db.site.update({ where: { id: site.id }, data: { heldBy, heldFor: 'Mining.' } });
  await expect(startSite(database.db, site)).rejects.toMatchObject({
    code: 'admin-only',
    hint: expect.stringContaining('Mining.'),
  });
  expect(await rowOf(site.id)).toMatchObject({ heldBy, generation: site.generation });
});

test('a held site is not restarted, and says why', async () => {
  const site = await newSite();
  await holdByPolicy(database.db, site.id, 'storm', TEXT);
  await expect(requestRestart(database.db, site)).rejects.toMatchObject({ code: 'site-held', message: TEXT });
});
