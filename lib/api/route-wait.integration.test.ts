import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { insertReady, launch } from '../sites/launch.ts';
import { viewSite } from '../sites/view.ts';
import type { Bells } from './bells.ts';
import { awaitRoute } from './route-wait.ts';

const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(() => database.db.site.deleteMany());

const deps = () => ({ db: database.db, settings });
const silent: Bells = { hear: () => () => {} };

async function claim(name: string | null) {
  const ready = await insertReady(deps());
  await database.db.site.update({
    where: { id: ready?.id ?? '' },
    data: { state: 'live', routedName: ready?.name ?? '' },
  });
  return (await launch(deps(), { owner: null, name, address: '192.0.2.1', key: null })).site;
}

test('a claimed site is not called live under its new name before its route is there', async () => {
  const site = await claim('mine-alone');
  expect(viewSite(settings, site).state).toBe('launching');
  const bells: Bells = {
    hear(_id, ring) {
      void database.db.site.update({ where: { id: site.id }, data: { routedName: site.name } }).then(ring);
      return () => {};
    },
  };
  const routed = await awaitRoute({ db: database.db, bells }, site);
  expect(viewSite(settings, routed).state).toBe('live');
});

test('a site that has its route already is answered at once', async () => {
  const site = await claim(null);
  const bells: Bells = {
    hear() {
      throw new Error('nothing to wait for');
    },
  };
  expect(await awaitRoute({ db: database.db, bells }, site)).toBe(site);
});

test('a route that does not come ends the wait with a launch still under way', async () => {
  const site = await claim('never-routed');
  const start = performance.now();
  const answered = await awaitRoute({ db: database.db, bells: silent }, site);
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(viewSite(settings, answered).state).toBe('launching');
});
