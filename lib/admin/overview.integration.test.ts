import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { createLog } from '../log.ts';
import type { RowsChange } from './diff.ts';
import { type AdminRow, type PackedRow, unpackRow } from './row.ts';
import { findAdminSite } from './site.ts';
import { readUsers } from './users.ts';
import type { UsersQuery } from './users-query.ts';
import { createWatch } from './watch.ts';

const MB = 1024 * 1024;
const settings = parseSettings({});
let database: TestDatabase;
let ownerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedPlans(database.db);
  const owner = await database.db.user.create({ data: { role: 'member', email: 'ada@example.org', sitesMax: 7 } });
  ownerId = owner.id;
  const common = {
    ownerId,
    planName: 'member',
    state: 'live' as const,
    sealedPassword: 'sealed-password',
    sealedToken: 'sealed-token',
  };
  const busy = await database.db.site.create({
    data: { ...common, name: 'busy-site', routedName: 'busy-site', sshPort: 1, diskBytesMax: 4096n * BigInt(MB) },
  });
  await database.db.site.create({
    data: { ...common, name: 'held-site', sshPort: 2, heldBy: 'admin', heldFor: 'Spam.' },
  });
  await database.db.usage.create({
    data: {
      siteId: busy.id,
      diskBytes: BigInt(512 * MB),
      memoryBytes: BigInt(64 * MB),
      pids: 9,
      cpuMicros: 0n,
      readAt: new Date(),
    },
  });
  const verdict = { siteId: busy.id, text: '…', hint: '…', numbers: {} };
  await database.db.verdict.createMany({
    data: [
      { ...verdict, kind: 'idle', level: 'idle' },
      { ...verdict, kind: 'disk', level: 'over' },
    ],
  });
});
afterAll(() => database.drop());

/** Keeps what it was told, as a browser would. */
function createListener() {
  let all: AdminRow[] = [];
  const changes: RowsChange[] = [];
  return {
    rows: () => all,
    changes,
    start: (rows: PackedRow[]) => {
      all = rows.map(unpackRow);
    },
    change: (change: RowsChange) => void changes.push(change),
  };
}

it('two operators are told everything once, then only what changes', async () => {
  const watch = createWatch({ db: database.db, settings, log: createLog('test') });
  const [one, two] = [createListener(), createListener()];
  watch.join(one);
  watch.join(two);
  await expect.poll(() => [one.rows().length, two.rows().length]).toEqual([2, 2]);
  const busy = one.rows().find(({ name }) => name === 'busy-site');
  expect(busy).toMatchObject({
    state: 'live',
    owner: 'ada@example.org',
    disk: 512 * MB,
    diskMax: 4096 * MB,
    memoryMax: 512 * MB,
  });
  expect(busy?.verdicts.map(({ kind }) => kind)).toEqual(['disk', 'idle']);
  expect(one.rows().find(({ name }) => name === 'held-site')).toMatchObject({
    state: 'held',
    note: 'Spam.',
    disk: null,
  });

  await database.db.site.update({ where: { name: 'held-site' }, data: { heldFor: 'Mail that nobody asked for.' } });
  const told = () => two.changes.flatMap(({ changed }) => changed.map(unpackRow).map(({ note }) => note));
  await expect.poll(told, { timeout: 10_000 }).toEqual(['Mail that nobody asked for.']);
  watch.stop();
});

it('a user’s totals are of all his sites, own limits counted, against his own numbers', async () => {
  const [user] = await readUsers(database.db, { text: 'ADA@', role: null, sort: 'disk' });
  expect(user).toMatchObject({
    ...{ plan: 'member', sites: 2, sitesMax: 7, disk: 6144 * MB, diskUsed: 512 * MB, diskMax: 10240 * MB },
    own: { planName: null, sitesMax: 7, totalDiskBytesMax: null },
  });
  const emails = async (query: Partial<UsersQuery>) =>
    (await readUsers(database.db, { text: '', role: null, sort: 'disk', ...query })).map(({ email }) => email);
  expect(await emails({ text: '100%_no' })).toEqual([]);
  await database.db.user.createMany({
    data: [
      { role: 'member', email: 'Zoe@example.org', createdAt: new Date('2020-01-01') },
      { role: 'member', email: 'bob@example.org', createdAt: new Date('2030-01-01') },
    ],
  });
  expect(await emails({ role: 'guest' })).toEqual([]);
  const named = await emails({ sort: 'name' });
  expect(named.map((email) => email?.split('@')[0])).toEqual(['ada', 'bob', 'Zoe']);
  expect((await emails({ sort: 'created' }))[0]).toBe('bob@example.org');
  for (const sort of ['disk', 'memory', 'sites'] as const) expect((await emails({ sort }))[0]).toBe('ada@example.org');
});

it('an admin’s look at a site has no secret of its owner', async () => {
  const site = await findAdminSite(database.db, settings, 'busy-site');
  expect(site).toMatchObject({ owner: { id: ownerId }, plan: 'member', state: 'live' });
  expect(site?.limits[0]).toEqual({ limit: 'diskBytesMax', value: 4096 * MB, plans: 2048 * MB, isOwn: true });
  expect(JSON.stringify(site)).not.toContain('sealed');
  expect(await findAdminSite(database.db, settings, "x' or 1=1")).toBeNull();
});
