import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { unseal } from '../auth/seal.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { createFindSite } from '../git/site.ts';
import { requireSite } from './find.ts';
import { insertReady, launch } from './launch.ts';
import { readMovedHosts } from './old-names.ts';
import { renameSite } from './rename.ts';
import { renewSecrets } from './renew-secrets.ts';

const secret = 's'.repeat(32);
const settings = parseSettings({ LIGHTKEEPER_SECRET: secret });
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

async function newSite(name: string) {
  const site = await insertReady({ db: database.db, settings });
  const { id: ownerId } = await database.db.user.create({ data: {} });
  return database.db.site.update({ where: { id: site?.id ?? '' }, data: { name, ownerId, state: 'live' } });
}

const rename = async (site: { id: string; name: string }, name: string) => renameSite(database.db, site, name);
const moved = async () => Object.fromEntries(await readMovedHosts(database.db, settings));

test('the old name leads to the new one, for people, for git and for the API', async () => {
  const site = await newSite('first-name');
  expect(await rename(site, ' Second-Name ')).toBe('second-name');
  expect(await moved()).toEqual({ 'first-name.localhost': 'http://second-name.localhost:8080' });
  const viewer = { userId: null, role: null, token: unseal(secret, site.sealedToken) };
  expect(await requireSite(database.db, secret, viewer, 'first-name', 'own')).toMatchObject({ name: 'second-name' });
  const foreign = { ...viewer, token: 'lk_wrong' };
  await expect(requireSite(database.db, secret, foreign, 'first-name', 'view')).rejects.toMatchObject({
    code: 'not-found',
  });
  const findSite = createFindSite(database.db, secret, settings.paths);
  expect(await findSite('first-name')).toMatchObject({ id: site.id, name: 'second-name' });
});

test('a chain of names leads to the last, and a name that is taken back leads no more', async () => {
  const site = await newSite('name-a');
  for (const name of ['name-b', 'name-c']) await rename(site, name);
  const c = 'http://name-c.localhost:8080';
  expect(await moved()).toEqual({ 'name-a.localhost': c, 'name-b.localhost': c });
  await rename(site, 'name-a');
  const a = 'http://name-a.localhost:8080';
  expect(await moved()).toEqual({ 'name-b.localhost': a, 'name-c.localhost': a });
});

test('an old name is nobody else’s until it expires, and no name goes to two', async () => {
  const [site, other] = [await newSite('wanted'), await newSite('other-one')];
  await expect(rename(other, 'wanted')).rejects.toMatchObject({ code: 'name-taken' });
  await rename(site, 'elsewhere');
  await expect(rename(other, 'wanted')).rejects.toMatchObject({ code: 'name-taken' });
  const launching = launch(
    { db: database.db, settings },
    { owner: null, name: 'wanted', address: '192.0.2.1', key: null },
  );
  await expect(launching).rejects.toMatchObject({ code: 'name-taken' });
  await database.db.oldName.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
  expect(await moved()).toEqual({});
  expect(await rename(other, 'wanted')).toBe('wanted');

  const racers = [await newSite('racer-1'), await newSite('racer-2'), await newSite('racer-3')];
  const raced = await Promise.allSettled(racers.map((racer) => rename(racer, 'the-prize')));
  expect(raced.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test.each(['', 'ab', 'admin', '-x-', 'a--b', '../etc', 'x'.repeat(31), 'a.b', 'ä-name', 'a\nb', "a'; drop"])(
  'the name %j is refused, and nothing changes',
  async (name) => {
    const site = await newSite('steady-one');
    await expect(rename(site, name)).rejects.toMatchObject({ code: 'bad-name' });
    expect(await database.db.oldName.count()).toBe(0);
  },
);

test('one site keeps few names from others, and may always go back to one of them', async () => {
  const site = await newSite('name-0');
  for (let number = 1; number <= 5; number += 1) await rename(site, `name-${number}`);
  await expect(rename(site, 'name-6')).rejects.toMatchObject({ code: 'too-many-requests' });
  expect(await rename(site, 'name-2')).toBe('name-2');
});

test('a site that is not live keeps its name, and its own name is no change', async () => {
  const site = await newSite('same-name');
  expect(await rename(site, 'same-name')).toBe('same-name');
  expect(await database.db.event.count({ where: { siteId: site.id } })).toBe(0);
  await database.db.site.update({ where: { id: site.id }, data: { state: 'launching' } });
  await expect(rename(site, 'new-name')).rejects.toMatchObject({ code: 'site-not-ready' });
});

test('new secrets replace the old ones, each by itself', async () => {
  const site = await newSite('secretive');
  const read = () => database.db.site.findUniqueOrThrow({ where: { id: site.id } });
  await renewSecrets(database.db, secret, site, { password: true, token: false });
  const second = await read();
  expect(unseal(secret, second.sealedPassword)).not.toBe(unseal(secret, site.sealedPassword));
  expect(second.sealedToken).toBe(site.sealedToken);
  await renewSecrets(database.db, secret, site, { password: false, token: true });
  expect(unseal(secret, (await read()).sealedToken)).toMatch(/^lk_/);
  await expect(renewSecrets(database.db, secret, site, { password: false, token: false })).rejects.toMatchObject({
    code: 'bad-request',
  });
});
