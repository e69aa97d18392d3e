import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { insertReady } from '../sites/launch.ts';
import { applyAgain, changeEnvironment, undoChange } from './change.ts';
import { changed } from './variables.ts';
import { viewEnvironment } from './view.ts';

const secret = 's'.repeat(32);
const settings = parseSettings({ LIGHTKEEPER_SECRET: secret });
let database: TestDatabase;
let site: { id: string; name: string };

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.site.deleteMany();
  const ready = await insertReady({ db: database.db, settings });
  site = await database.db.site.update({ where: { id: ready?.id ?? '' }, data: { state: 'live' } });
});

const patch = (change: Record<string, string | null>) =>
  changeEnvironment(
    { db: database.db, secret },
    { site, next: (before) => changed(before, new Map(Object.entries(change))), by: null },
  );
const row = () => database.db.site.findUniqueOrThrow({ where: { id: site.id } });
const view = async (key: string | null = secret) => viewEnvironment(database.db, await row(), key);
const jobs = () =>
  database.db.$queryRaw<
    { key: string }[]
  >`select key from graphile_worker.jobs where key = ${`environment:${site.id}`}`;

test('a change is one revision, sealed value by value, with a job and an event beside it', async () => {
  expect(await patch({ B: 'two', A: 'one-one-one' })).toEqual({ revision: 1, what: '2 added' });
  const [kept] = await database.db.environment.findMany({ where: { siteId: site.id } });
  expect(JSON.stringify(kept)).not.toContain('one-one-one');
  expect(await jobs()).toHaveLength(1);
  const events = await database.db.event.findMany({ where: { siteId: site.id } });
  expect(events.map(({ text }) => text)).toEqual(['The environment was changed: 2 added.']);
  expect(JSON.stringify(events)).not.toContain('one-one-one');
  expect((await view()).variables).toEqual([
    { name: 'A', value: 'one-one-one' },
    { name: 'B', value: 'two' },
  ]);
  expect((await view(null)).variables.map(({ value }) => value)).toEqual([null, null]);
});

test('what is fulfilled already is no change and asks for nothing', async () => {
  await patch({ A: '1' });
  await database.db.$executeRaw`delete from graphile_worker._private_jobs`;
  expect(await patch({ A: '1', GONE: null })).toEqual({ revision: 1, what: '' });
  expect(await jobs()).toEqual([]);
  await applyAgain(database.db, site.id);
  expect(await jobs()).toHaveLength(1);
});

test('a change that does not fit changes nothing', async () => {
  await patch({ A: '1' });
  await expect(patch({ PORT: '80' })).rejects.toMatchObject({ code: 'bad-request' });
  await expect(patch({ B: 'a\0b' })).rejects.toMatchObject({ code: 'bad-request' });
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`V${index}`, '']));
  await expect(patch(many)).rejects.toMatchObject({ message: 'These are 101 variables; a site may have 100.' });
  expect(await view()).toMatchObject({ revision: 1, variables: [{ name: 'A', value: '1' }] });
});

test('the last change can be undone, and that undone in its turn; older ones are forgotten', async () => {
  await expect(undoChange({ db: database.db, secret }, { site, by: null })).rejects.toMatchObject({
    code: 'bad-request',
  });
  await patch({ A: '1' });
  await patch({ A: '2', B: 'x' });
  await patch({ A: '3' });
  expect(await undoChange({ db: database.db, secret }, { site, by: null })).toEqual({ revision: 4, what: '1 changed' });
  expect((await view()).variables.map(({ value }) => value)).toEqual(['2', 'x']);
  await undoChange({ db: database.db, secret }, { site, by: null });
  expect((await view()).variables.map(({ value }) => value)).toEqual(['3', 'x']);
  expect(await database.db.environment.count({ where: { siteId: site.id } })).toBe(2);
});

test('two changes at once both count', async () => {
  await Promise.all([patch({ A: '1' }), patch({ B: '2' }), patch({ C: '3' })]);
  expect((await view()).variables.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
  expect((await view()).revision).toBe(3);
});

test('a site that is on its way, or stopped by an admin, is refused; one that was stopped by a storm is not', async () => {
  const { db } = database;
  await db.site.update({ where: { id: site.id }, data: { state: 'launching' } });
  await expect(patch({ A: '1' })).rejects.toMatchObject({ code: 'site-not-ready' });
  await db.site.update({ where: { id: site.id }, data: { state: 'live', heldBy: 'admin', heldFor: 'x' } });
  await expect(patch({ A: '1' })).rejects.toMatchObject({ code: 'site-held' });
  await db.site.update({ where: { id: site.id }, data: { heldBy: 'storm' } });
  expect(await patch({ A: '1' })).toMatchObject({ revision: 1 });
});

test('an admin who changes it is written down, with names and no values', async () => {
  const { db } = database;
  const by = { actor: { id: null, role: 'admin' }, address: null };
  const next = () => new Map([['API_TOKEN', 'a-secret-of-mine']]);
  await changeEnvironment({ db, secret }, { site, next, by });
  const [entry] = await db.auditEntry.findMany({ where: { siteId: site.id } });
  expect(entry).toMatchObject({ action: 'site.environment', after: { names: ['API_TOKEN'] } });
});
