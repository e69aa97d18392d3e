import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/db/test-database.ts';
import { seedPlans } from '../../prisma/seed.ts';
import { createSites, type Sites } from './sites.ts';

let database: TestDatabase;
let sites: Sites;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedPlans(database.db);
  sites = createSites(database.db);
});
afterAll(() => database.drop());
beforeEach(() => database.db.site.deleteMany());

type State = 'launching' | 'live' | 'failed' | 'deleting';

function addSite(name: string, sshPort: number, state: State = 'live') {
  const sealed = { sealedPassword: 'sealed', sealedToken: 'sealed' };
  return database.db.site.create({ data: { name, sshPort, state, planName: 'guest', ...sealed } });
}

test('a site is found by id, port and name, with its plan’s limits', async () => {
  const { id } = await addSite('calm-reef-7', 22_000);
  const plan = await database.db.plan.findUniqueOrThrow({ where: { name: 'guest' } });
  const expected = {
    id,
    name: 'calm-reef-7',
    port: 22_000,
    isOwned: false,
    sealedPassword: 'sealed',
    pushBytesMax: Number(plan.pushBytesMax),
    limits: expect.objectContaining({
      diskBytesMax: Number(plan.diskBytesMax),
      memoryBytesMax: Number(plan.memoryBytesMax),
      cpuMillisMax: plan.cpuMillisMax,
      pidsMax: plan.pidsMax,
    }),
    expiresAt: null,
    heldFor: null,
    failure: null,
  };
  expect(await sites.findById(id)).toEqual(expected);
  expect(await sites.findByPort(22_000)).toEqual(expected);
  expect(await sites.findByName('calm-reef-7')).toEqual(expected);
  expect(await sites.list()).toEqual([expected]);
});

test('a claimed site is owned', async () => {
  const { id } = await addSite('calm-reef-7', 22_000);
  const owner = await database.db.user.create({ data: {} });
  await database.db.site.update({ where: { id }, data: { ownerId: owner.id } });
  expect(await sites.findByPort(22_000)).toMatchObject({ isOwned: true });
});

test('a site that is being deleted does not exist here, and one that failed to launch can only be looked at', async () => {
  await addSite('launching', 22_000, 'launching');
  await addSite('failed', 22_001, 'failed');
  await addSite('deleting', 22_002, 'deleting');
  expect((await sites.list()).map(({ name }) => name)).toEqual(['launching']);
  for (const port of [22_001, 22_002, 22_003]) expect(await sites.findByPort(port)).toBeNull();
  for (const name of ['failed', 'deleting']) expect(await sites.findByName(name)).toBeNull();
  expect(await sites.findToLookAt('launching')).toMatchObject({ failure: null });
  expect(await sites.findToLookAt('failed')).toMatchObject({ failure: 'No reason was told.' });
  expect(await sites.findToLookAt('deleting')).toBeNull();
});

test('keys are found by fingerprint, over all sites and of one', async () => {
  const [one, two] = [await addSite('one', 22_000), await addSite('two', 22_001)];
  for (const { id } of [one, two]) {
    await database.db.sshKey.create({ data: { siteId: id, fingerprint: 'SHA256:a', publicKey: 'line' } });
  }
  const found = await sites.keysWith('SHA256:a', null);
  expect(found.map(({ siteId }) => siteId).sort()).toEqual([one.id, two.id].sort());
  expect(await sites.keysWith('SHA256:a', one.id)).toEqual([{ siteId: one.id, publicKey: 'line', access: 'own' }]);
  expect(await sites.keysWith('SHA256:b', null)).toEqual([]);
});

test('a user’s key opens what is his, and what is shared with him as far as it is', async () => {
  const { db } = database;
  const names = ['own', 'viewed', 'developed', 'co-owned', 'foreign'];
  const [own, viewed, developed, coOwned] = await Promise.all(names.map((name, n) => addSite(name, 22_000 + n)));
  const user = await db.user.create({ data: { role: 'member' } });
  await db.site.update({ where: { id: own?.id ?? '' }, data: { ownerId: user.id } });
  for (const [site, role] of [
    [viewed, 'viewer'],
    [developed, 'developer'],
    [coOwned, 'owner'],
  ] as const) {
    await db.member.create({ data: { siteId: site?.id ?? '', userId: user.id, role } });
  }
  await db.userKey.create({ data: { userId: user.id, fingerprint: 'SHA256:u', publicKey: 'line' } });
  const opens = async () =>
    Object.fromEntries((await sites.keysWith('SHA256:u', null)).map(({ siteId, access }) => [siteId, access]));
  const [ownId = '', viewedId = '', developedId = '', coOwnedId = ''] = [own, viewed, developed, coOwned].map(
    (site) => site?.id,
  );
  expect(await opens()).toEqual({ [ownId]: 'own', [viewedId]: 'view', [developedId]: 'develop', [coOwnedId]: 'own' });
  await db.member.deleteMany({ where: { userId: user.id } });
  expect(await opens()).toEqual({ [ownId]: 'own' });
});

test('usage is what the keeper last read, or nothing', async () => {
  const { id } = await addSite('one', 22_000);
  expect(await sites.usageOf(id)).toBeNull();
  const usage = { diskBytes: 5n, memoryBytes: 6n, pids: 7 };
  await database.db.usage.create({ data: { siteId: id, cpuMicros: 0n, readAt: new Date(), ...usage } });
  expect(await sites.usageOf(id)).toEqual(usage);
});

test('verdicts are those of the site, the worst first', async () => {
  const [{ id }, other] = [await addSite('one', 22_000), await addSite('two', 22_001)];
  const row = { text: 'Text.', hint: 'Hint.', numbers: {} };
  for (const [siteId, kind, level] of [
    [id, 'expiry', 'warn'],
    [id, 'disk', 'over'],
    [other.id, 'memory', 'over'],
  ] as const) {
    await database.db.verdict.create({ data: { siteId, kind, level, ...row } });
  }
  expect(await sites.verdictsOf(id)).toMatchObject([{ kind: 'disk' }, { kind: 'expiry' }]);
});
