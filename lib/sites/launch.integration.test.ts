import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { unseal } from '../auth/seal.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { parsePublicKey } from '../keys/public-key.ts';
import { requireOpened, requireSite } from './find.ts';
import { insertReady, launch } from './launch.ts';

const secret = 's'.repeat(32);
const settings = parseSettings({ LIGHTKEEPER_SECRET: secret, LIGHTKEEPER_SSH_PORTS: '22000-22019' });
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.site.deleteMany();
  await database.db.user.deleteMany();
  await database.db.host.deleteMany();
  await database.db.launch.deleteMany();
});

const deps = () => ({ db: database.db, settings });
const request = (change = {}) => ({ owner: null, name: null, address: '192.0.2.1', key: null, ...change });

async function makeReady(count: number) {
  for (let index = 0; index < count; index += 1) await insertReady(deps());
  await database.db.site.updateMany({ where: { ownerId: null }, data: { state: 'live' } });
}

test('a click claims a ready site, with owner, expiry and address', async () => {
  await makeReady(1);
  const { site, owner, created } = await launch(deps(), request());
  expect(created).toBe(true);
  expect(site).toMatchObject({ state: 'live', ownerId: owner.id, launchedFrom: '192.0.2.1', planName: 'guest' });
  expect(site.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
});

test('with an empty pool a click writes down a site to launch, and the job for it', async () => {
  const { site } = await launch(deps(), request());
  expect(site.state).toBe('launching');
  const jobs = await database.db.$queryRaw<{ key: string }[]>`select key from graphile_worker.jobs`;
  expect(jobs.map(({ key }) => key)).toContain(`converge:${site.id}`);
});

test('twenty clicks at once get twenty different sites and ports', async () => {
  await makeReady(5);
  const launched = await Promise.all(
    Array.from({ length: 20 }, (_, index) => launch(deps(), request({ address: `192.0.2.${index + 10}` }))),
  );
  expect(new Set(launched.map(({ site }) => site.id)).size).toBe(20);
  expect(new Set(launched.map(({ site }) => site.sshPort)).size).toBe(20);
});

test('the same key at the same time is one site', async () => {
  await makeReady(3);
  const launched = await Promise.all([1, 2, 3].map(() => launch(deps(), request({ key: 'same-key-0001' }))));
  expect(new Set(launched.map(({ site }) => site.id)).size).toBe(1);
  expect(launched.filter(({ created }) => created)).toHaveLength(1);
});

test('a guest who has a site gets it again', async () => {
  const first = await launch(deps(), request());
  const again = await launch(deps(), request({ owner: { id: first.owner.id } }));
  expect(again).toMatchObject({ created: false, site: { id: first.site.id } });
});

test('the key that a guest has proven is the new site’s first one, and its own alone', async () => {
  await makeReady(1);
  const publicKey = parsePublicKey(
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDYb6tmBq6nTrejDM9y0004OQTPH3XJfnFatpr61pYVb ed25519 256',
  );
  const wish = request({ key: 'by the key of a guest', publicKey });
  const { site, owner } = await launch(deps(), wish);
  const { fingerprint, line } = publicKey;
  expect(site.keys).toMatchObject([{ fingerprint, publicKey: line, addedById: owner.id }]);
  expect(await launch(deps(), wish)).toMatchObject({ created: false, site: { id: site.id } });
  expect((await launch(deps(), request({ address: '192.0.2.2' }))).site.keys).toEqual([]);
  const holder = async ({ id }: { id: string }) => (id === site.id ? 'view' : null);
  await expect(requireOpened(database.db, holder, site.name, 'view')).resolves.toMatchObject({
    standing: { access: 'view', seesSecrets: false },
  });
  await expect(requireOpened(database.db, holder, site.name, 'develop')).rejects.toMatchObject({ code: 'not-allowed' });
  await database.db.site.update({ where: { id: site.id }, data: { undoUntil: new Date() } });
  await expect(requireOpened(database.db, holder, site.name, 'view')).rejects.toMatchObject({ code: 'not-found' });
});

test('a name is taken once, also by two at the same moment', async () => {
  const results = await Promise.allSettled(
    ['192.0.2.1', '192.0.2.2'].map((address) => launch(deps(), request({ name: 'Mine-Alone', address }))),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(1);
  expect(refused[0]?.reason).toMatchObject({ code: 'name-taken' });
});

test('an address has its number of sites and no more', async () => {
  for (let index = 0; index < settings.sitesPerAddress; index += 1) await launch(deps(), request());
  await expect(launch(deps(), request())).rejects.toMatchObject({ code: 'too-many-launches' });
  await expect(launch(deps(), request({ address: '192.0.2.99' }))).resolves.toMatchObject({ created: true });
});

test('launching and deleting in a loop ends at the launches of an hour', async () => {
  for (let count = 0; count < settings.launchesPerHour; count += 1) {
    const { site } = await launch(deps(), request());
    await database.db.site.delete({ where: { id: site.id } });
  }
  await expect(launch(deps(), request())).rejects.toThrow('10 sites in the last hour; the limit is 10');
});

test('a full machine refuses and writes nothing', async () => {
  await database.db.host.create({
    data: {
      node: 'local',
      memoryBytes: 1n << 20n,
      cpuCount: 1,
      poolBytes: 1n << 40n,
      poolBytesFree: 1n << 40n,
      diskKind: 'btrfs',
      readAt: new Date(),
    },
  });
  await expect(launch(deps(), request())).rejects.toMatchObject({ code: 'host-full' });
  expect(await database.db.site.count()).toBe(0);
  expect(await database.db.user.count()).toBe(0);
});

test.each([
  ['awake', 'host-full'],
  ['frozen', null],
  ['stopped', null],
] as const)('of memory, a site that is %s is counted with what it takes', async (rest, refusal) => {
  const { plan, ...site } = await database.db.site.update({
    where: { id: (await insertReady(deps()))?.id ?? '' },
    data: { rest, state: 'live', name: 'sleeper' },
    include: { plan: true },
  });
  const usage = { diskBytes: 0n, memoryBytes: 1n << 20n, pids: 1, cpuMicros: 0n, readAt: new Date() };
  await database.db.usage.create({ data: { siteId: site.id, ...usage } });
  const memoryBytes = plan.memoryBytesMax + (1n << 20n);
  const pool = { poolBytes: 1n << 40n, poolBytesFree: 1n << 40n, diskKind: 'btrfs' };
  await database.db.host.create({ data: { node: 'local', memoryBytes, cpuCount: 1, ...pool, readAt: new Date() } });
  const single = { ...deps(), settings: { ...settings, overcommit: 1 } };
  const outcome = await insertReady(single);
  expect(outcome === null ? 'host-full' : null).toBe(refusal);
});

test('when all ports are taken the refusal says how many there are', async () => {
  for (let index = 0; index < 20; index += 1) await launch(deps(), request({ address: `192.0.2.${index}` }));
  await expect(launch(deps(), request({ address: '198.51.100.1' }))).rejects.toThrow('all 20 SSH ports');
});

test('owner, token and admin see a site; a stranger and a foreign token get the answer for an absent one', async () => {
  const { site, owner } = await launch(deps(), request());
  const other = await launch(deps(), request());
  const token = unseal(secret, site.sealedToken);
  const see = (viewer: Parameters<typeof requireSite>[2], name = site.name) =>
    requireSite(database.db, secret, viewer, name, 'own');
  const nobody = { userId: null, role: null, token: null };
  await expect(see({ ...nobody, userId: owner.id, role: 'guest' })).resolves.toMatchObject({ id: site.id });
  await expect(see({ ...nobody, token })).resolves.toMatchObject({ id: site.id });
  await expect(see({ ...nobody, role: 'admin' })).resolves.toMatchObject({ id: site.id });
  const absent = await see(nobody, 'no-such-site').catch((error) => error);
  for (const viewer of [
    nobody,
    { ...nobody, userId: other.owner.id, role: 'guest' as const },
    { ...nobody, token: unseal(secret, other.site.sealedToken) },
  ]) {
    const refusal = await see(viewer).catch((error) => error);
    expect({ code: refusal.code, message: refusal.message }).toEqual({ code: absent.code, message: absent.message });
  }
});

test('the pool is filled to its number also when it is filled by several at once', async () => {
  await Promise.all(Array.from({ length: 5 }, () => insertReady(deps(), 2)));
  expect(await database.db.site.count({ where: { ownerId: null } })).toBe(2);
});
