import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { unseal } from '../auth/seal.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { readTotals } from '../users/totals.ts';
import { requestDelete, requestDeleteWithUndo } from './delete.ts';
import { requireSite, sitesOf } from './find.ts';
import { insertReady } from './launch.ts';
import { readPromised } from './promised.ts';
import { transferSite } from './transfer.ts';
import { bringBack, deletedSitesOf, findDeleted } from './undelete.ts';

const secret = 's'.repeat(32);
const settings = parseSettings({ LIGHTKEEPER_SECRET: secret });
let database: TestDatabase;
let people = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.site.deleteMany();
  await database.db.user.deleteMany();
});

async function newUser(role: 'guest' | 'member' = 'member') {
  people += 1;
  return database.db.user.create({ data: { role, email: role === 'guest' ? null : `user${people}@example.org` } });
}

async function newSite(ownerId: string) {
  const site = await insertReady({ db: database.db, settings });
  return database.db.site.update({ where: { id: site?.id ?? '' }, data: { ownerId, state: 'live' } });
}

const viewerOf = (userId: string) => ({ userId, role: 'member' as const, token: null });
const deps = (userId: string) => ({ db: database.db, settings, viewer: viewerOf(userId) });

test('a deleted site is absent to all, counts to its owner, and comes back as it was', async () => {
  const { id } = await newUser();
  const site = await newSite(id);
  await database.db.site.update({ where: { id: site.id }, data: { rest: 'frozen' } });
  const [totals, promised] = [await readTotals(database.db, id), await readPromised(database.db)];
  const until = await requestDeleteWithUndo(database.db, site, 72);
  expect(until?.getTime()).toBeGreaterThan(Date.now() + 71 * 3_600_000);
  await expect(requireSite(database.db, secret, viewerOf(id), site.name, 'view')).rejects.toMatchObject({
    code: 'not-found',
  });
  expect(await sitesOf(database.db, secret, viewerOf(id))).toEqual([]);
  expect((await deletedSitesOf(database.db, id)).map(({ name }) => name)).toEqual([site.name]);
  expect(await readTotals(database.db, id)).toEqual(totals);
  expect(await readPromised(database.db)).toEqual({ memoryBytes: 0, diskBytes: promised.diskBytes });

  const found = await findDeleted(deps(id), site.name);
  await bringBack(database.db, { id: found?.id ?? '' });
  const back = await requireSite(database.db, secret, viewerOf(id), site.name, 'own');
  expect(back).toMatchObject({ state: 'live', rest: 'frozen', undoUntil: null, sealedPassword: site.sealedPassword });
});

test('nobody but its owners finds a deleted site, and nobody when its time is over', async () => {
  const [owner, other, viewer] = [await newUser(), await newUser(), await newUser()];
  const site = await newSite(owner.id);
  await database.db.member.create({ data: { siteId: site.id, userId: viewer.id, role: 'viewer' } });
  await requestDeleteWithUndo(database.db, site, 72);
  expect(await findDeleted(deps(other.id), site.name)).toBe(null);
  expect(await findDeleted(deps(viewer.id), site.name)).toBe(null);
  const byToken = { userId: null, role: null, token: unseal(secret, site.sealedToken) };
  expect(await findDeleted({ ...deps(owner.id), viewer: byToken }, site.name)).toMatchObject({ id: site.id });
  await database.db.site.update({ where: { id: site.id }, data: { undoUntil: new Date(Date.now() - 1) } });
  expect(await findDeleted(deps(owner.id), site.name)).toBe(null);
  await expect(bringBack(database.db, site)).rejects.toMatchObject({ code: 'not-found' });
});

test('a guest’s site, one that is not live, and one without hours to undo go at once', async () => {
  const [guest, member] = [await newUser('guest'), await newUser()];
  const launching = await newSite(member.id);
  await database.db.site.update({ where: { id: launching.id }, data: { state: 'launching' } });
  expect(await requestDeleteWithUndo(database.db, await newSite(guest.id), 72)).toBe(null);
  expect(await requestDeleteWithUndo(database.db, launching, 72)).toBe(null);
  expect(await requestDeleteWithUndo(database.db, await newSite(member.id), 0)).toBe(null);
  expect(await database.db.site.count({ where: { state: 'deleting', undoUntil: null } })).toBe(3);
});

test('a site that could come back can be made to go now', async () => {
  const { id } = await newUser();
  const site = await newSite(id);
  await requestDeleteWithUndo(database.db, site, 72);
  await requestDelete(database.db, site);
  expect(await findDeleted(deps(id), site.name)).toBe(null);
});

test('a site is given to a member who has room for it, and who had it stays as one of its owners', async () => {
  const [from, to] = [await newUser(), await newUser()];
  const site = await newSite(from.id);
  await expect(transferSite(database.db, site, to.email ?? '')).rejects.toMatchObject({ code: 'bad-request' });
  await database.db.member.create({ data: { siteId: site.id, userId: to.id, role: 'viewer' } });
  await transferSite(database.db, site, ` ${to.email?.toUpperCase()} `);
  const after = await database.db.site.findUniqueOrThrow({ where: { id: site.id }, include: { members: true } });
  expect(after.ownerId).toBe(to.id);
  expect(after.members.map(({ userId, role }) => ({ userId, role }))).toEqual([{ userId: from.id, role: 'owner' }]);
});

test('a receiver without room is told of with numbers, and nothing changes', async () => {
  const [from, to] = [await newUser(), await newUser()];
  const site = await newSite(from.id);
  await database.db.member.create({ data: { siteId: site.id, userId: to.id, role: 'owner' } });
  await database.db.user.update({ where: { id: to.id }, data: { sitesMax: 0 } });
  await expect(transferSite(database.db, site, to.email ?? '')).rejects.toMatchObject({
    ...{ code: 'too-many-sites', message: `${to.email} has 0 of 0 sites already.` },
  });
  await database.db.user.update({ where: { id: to.id }, data: { sitesMax: 5, totalDiskBytesMax: 1n } });
  await expect(transferSite(database.db, site, to.email ?? '')).rejects.toMatchObject({ code: 'over-total' });
  for (const email of ['', 'nobody@example.org', from.email ?? '', '%', "' or 1=1 --"]) {
    await expect(transferSite(database.db, site, email)).rejects.toMatchObject({ code: 'bad-request' });
  }
  expect((await database.db.site.findUniqueOrThrow({ where: { id: site.id } })).ownerId).toBe(from.id);
});
