import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#lib/db/test-database.ts';
import { parseSettings } from '#lib/env.ts';
import { EVENTS_MAX, pruneEvents } from '#lib/limits/store.ts';
import { exampleReading, type GivenReading, MB } from '#lib/limits/testing/examples.ts';
import { insertReady } from '#lib/sites/launch.ts';
import { exampleHost } from '#lib/usage/testing/examples.ts';
import { seedPlans } from '../../prisma/seed.ts';
import { createHostJudge, createJudge } from './judge.ts';

const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
const log = { debug() {}, info() {}, warn() {}, error() {} };
const ROOM = { bytes: 10_240 * MB, bytesFree: 8_000 * MB };
let database: TestDatabase;
let now: Date;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.$executeRaw`delete from "Event"`;
  await database.db.site.deleteMany();
  await database.db.user.deleteMany();
  now = new Date();
});

const startJudge = () => createJudge({ db: database.db, log, now: () => now });
const eventsOf = (siteId: string | null) => database.db.event.findMany({ where: { siteId }, orderBy: { id: 'asc' } });
const verdictsOf = (siteId: string) => database.db.verdict.findMany({ where: { siteId } });
const siteOf = (id: string) => database.db.site.findUnique({ where: { id } });
const jobs = async () => {
  const rows = await database.db.$queryRaw<{ key: string }[]>`select key from graphile_worker.jobs`;
  return rows.map(({ key }) => key);
};

async function newSite(data: object = {}, role: 'guest' | 'member' = 'guest') {
  const ready = await insertReady({ db: database.db, settings });
  const owner = await database.db.user.create({ data: { role } });
  const claimed = { state: 'live' as const, ownerId: owner.id, claimedAt: now, activeAt: now, ...data };
  return database.db.site.update({ where: { id: ready?.id ?? '' }, data: claimed });
}

const reading = ({ id }: { id: string }, given: GivenReading = {}) => exampleReading({ siteId: id, ...given });

test('a full disk is a verdict and an event with the same sentence, and both say when it is well again', async () => {
  const [site, other] = [await newSite(), await newSite()];
  const take = startJudge();
  await take([reading(site, { diskBytes: 1024 * MB }), reading(other)], ROOM);
  const text = 'Disk is full: 1,024 MB of 1,024 MB. Writes fail until you delete files or ask for more.';
  expect(await verdictsOf(site.id)).toMatchObject([
    { kind: 'disk', level: 'over', text, numbers: { used: 1024 * MB, max: 1024 * MB } },
  ]);
  expect(await eventsOf(site.id)).toMatchObject([{ kind: 'disk', level: 'over', text, alerted: false }]);
  expect(await eventsOf(other.id)).toEqual([]);

  for (let round = 0; round < 3; round += 1) await take([reading(site), reading(other)], ROOM);
  expect(await verdictsOf(site.id)).toEqual([]);
  expect((await eventsOf(site.id)).at(-1)).toMatchObject({
    level: 'info',
    text: 'Disk is well again: 10 MB of 1,024 MB.',
  });
});

test('a keeper that starts anew tells nothing twice, and ends what it did not open', async () => {
  const site = await newSite();
  await startJudge()([reading(site, { diskBytes: 1024 * MB })], ROOM);
  const [before] = await verdictsOf(site.id);
  now = new Date(now.getTime() + 60_000);
  const take = startJudge();
  await take([reading(site, { diskBytes: 1024 * MB })], ROOM);
  expect(await eventsOf(site.id)).toHaveLength(1);
  expect((await verdictsOf(site.id))[0]?.since).toEqual(before?.since);
  for (let round = 0; round < 2; round += 1) await take([reading(site)], ROOM);
  expect(await verdictsOf(site.id)).toEqual([]);
});

test('limits of a site’s own are the ones that count', async () => {
  const site = await newSite({ diskBytesMax: BigInt(100 * MB) });
  await startJudge()([reading(site, { diskBytes: 100 * MB })], ROOM);
  expect((await verdictsOf(site.id))[0]?.text).toContain('100 MB of 100 MB');
});

describe('an action', () => {
  const idle = () => ({
    activeAt: new Date(now.getTime() - 31 * 60_000),
    claimedAt: new Date(now.getTime() - 3_600_000),
  });

  test('puts a site to rest that nobody asks for', async () => {
    const site = await newSite(idle());
    await startJudge()([reading(site)], ROOM);
    expect(await siteOf(site.id)).toMatchObject({ rest: 'frozen' });
    expect(await verdictsOf(site.id)).toMatchObject([{ kind: 'idle' }]);
    expect(await jobs()).toContain(`converge:${site.id}`);
  });

  test('puts none to rest in the middle of a deployment', async () => {
    const site = await newSite(idle());
    await database.db.deployment.create({ data: { siteId: site.id, number: 1, cause: 'push' } });
    await startJudge()([reading(site)], ROOM);
    expect(await siteOf(site.id)).toMatchObject({ rest: 'awake' });
    expect(await verdictsOf(site.id)).toEqual([]);
  });

  test('stops a storm, says why, and does it once', async () => {
    const site = await newSite();
    const take = startJudge();
    await take([reading(site, { appRestarts: 10 })], ROOM);
    const text = 'The site was stopped: its app ended 10 times within 5 minutes.';
    expect(await siteOf(site.id)).toMatchObject({ heldBy: 'storm', heldFor: text, heldAt: now });
    await take([reading(site, { appRestarts: 10 })], ROOM);
    expect(await eventsOf(site.id)).toMatchObject([{ kind: 'restarts', level: 'storm', text }]);
    await database.db.site.update({ where: { id: site.id }, data: { heldBy: null, heldFor: null, heldAt: null } });
    await take([reading(site)], ROOM);
    expect(await verdictsOf(site.id)).toEqual([]);
  });

  test('holds the disk of too many files, and frees it', async () => {
    const site = await newSite();
    const take = startJudge();
    await take([reading(site, { inodes: 200_001 })], ROOM);
    expect((await siteOf(site.id))?.diskHeldFor).toMatch(/^Too many files: 200,001 of 200,000/);
    expect(await jobs()).toContain(`limits:${site.id}`);
    for (let round = 0; round < 2; round += 1) await take([reading(site, { inodes: 100 })], ROOM);
    expect((await siteOf(site.id))?.diskHeldFor).toBeNull();
  });
});

describe('expiry', () => {
  const past = () => ({ expiresAt: new Date(now.getTime() - 1_000), claimedAt: new Date(now.getTime() - 86_400_000) });

  test('deletes guests’ sites, five at a time, and nobody else’s', async () => {
    for (let index = 0; index < 7; index += 1) await newSite(past());
    const member = await newSite(past(), 'member');
    const take = startJudge();
    const deleting = () => database.db.site.count({ where: { state: 'deleting' } });
    for (let round = 0; round < 3; round += 1) await take([], ROOM);
    expect(await deleting()).toBe(5);
    now = new Date(now.getTime() + 15_000);
    await take([], ROOM);
    expect(await deleting()).toBe(7);
    expect(await siteOf(member.id)).toMatchObject({ state: 'live' });
    expect(await verdictsOf(member.id)).toEqual([]);
  });

  test('is told before', async () => {
    const site = await newSite({ ...past(), expiresAt: new Date(now.getTime() + 30 * 60_000) });
    await startJudge()([], ROOM);
    expect(await verdictsOf(site.id)).toMatchObject([
      { kind: 'expiry', level: 'warn', text: 'This site ends in 30 minutes.' },
    ]);
  });
});

test('a pool that runs low holds the disk that fills it, tells the admins once, and frees it when there is room', async () => {
  const [writer, other] = [await newSite(), await newSite()];
  const low = { ...ROOM, bytesFree: 900 * MB };
  const take = startJudge();
  const round = async (given: GivenReading, pool: typeof ROOM, judge = take) => {
    await judge([reading(writer, given), reading(other)], pool);
    now = new Date(now.getTime() + 2_000);
  };
  await round({ diskBytes: 10 * MB }, { ...ROOM, bytesFree: 1_800 * MB });
  await round({ diskBytes: 310 * MB }, low);
  expect((await siteOf(writer.id))?.diskHeldFor).toMatch(/^The machine's disk is nearly full: 9\.1 GB of 10 GB/);
  expect((await siteOf(other.id))?.diskHeldFor).toBeNull();
  await round({ diskBytes: 310 * MB }, low);
  expect(await verdictsOf(writer.id)).toMatchObject([
    { kind: 'disk', level: 'over', text: expect.stringContaining('grew the fastest') },
  ]);
  await round({ diskBytes: 310 * MB }, low, startJudge());
  expect(await eventsOf(null)).toMatchObject([{ kind: 'pool', level: 'over', numbers: { held: 1 } }]);
  for (let index = 0; index < 4; index += 1) await round({}, ROOM);
  expect((await siteOf(writer.id))?.diskHeldFor).toBeNull();
  expect(await verdictsOf(writer.id)).toEqual([]);
  expect((await eventsOf(null)).map(({ level }) => level)).toEqual(['over', 'info']);
});

test('a reading that has been judged is not judged again because the pool could not be', async () => {
  const { db } = database;
  const [site, other] = [await newSite(), await newSite()];
  let isAway = true;
  const event = {
    findFirst: db.event.findFirst.bind(db.event),
    create: (request: Parameters<typeof db.event.create>[0]) =>
      isAway ? Promise.reject(new Error('away')) : db.event.create(request),
  };
  const failing = new Proxy(db, { get: (all, name) => (name === 'event' ? event : Reflect.get(all, name, all)) });
  const take = createJudge({ db: failing, log, now: () => now });
  await take([reading(site, { appRestarts: 5 }), reading(other)], { bytes: 10_000 * MB, bytesFree: 100 * MB });
  isAway = false;
  now = new Date(now.getTime() + 3_000);
  await take([reading(site, { appRestarts: 4 }), reading(other)], { bytes: 10_000 * MB, bytesFree: 100 * MB });
  expect(await siteOf(site.id)).toMatchObject({ heldBy: null });
  expect(await eventsOf(null)).toMatchObject([{ kind: 'pool', level: 'over' }]);
});

test('a site that goes in the middle of a round takes nobody with it', async () => {
  const [gone, site] = [await newSite({ activeAt: new Date(0), claimedAt: new Date(0) }), await newSite()];
  const take = startJudge();
  const full = { diskBytes: 1024 * MB };
  await database.db.site.update({ where: { id: gone.id }, data: { state: 'deleting' } });
  await take([reading(gone, full), reading(site, full)], ROOM);
  expect(await verdictsOf(gone.id)).toEqual([]);
  expect(await verdictsOf(site.id)).toHaveLength(1);
});

test('the oldest events beyond what is kept go, of each site and of the machine', async () => {
  const [many, few] = [await newSite(), await newSite()];
  const fill = (siteId: string | null, count: number) =>
    database.db.event.createMany({
      data: Array.from({ length: count }, (_, index) => ({
        siteId,
        kind: 'disk',
        text: `${index}`,
        at: new Date(index),
      })),
    });
  await Promise.all([fill(many.id, EVENTS_MAX + 7), fill(few.id, 3), fill(null, EVENTS_MAX + 1)]);
  expect(await pruneEvents(database.db)).toBe(8);
  expect(await database.db.event.count({ where: { siteId: many.id } })).toBe(EVENTS_MAX);
  expect(await database.db.event.findFirst({ where: { siteId: many.id, text: '6' } })).toBeNull();
  expect(await database.db.event.count({ where: { siteId: few.id } })).toBe(3);
});

test('a round over 300 sites costs little', async () => {
  const owner = await database.db.user.create({ data: { role: 'guest' } });
  const ready = await newSite();
  const { id: _, ...row } = ready;
  await database.db.site.createMany({
    data: Array.from({ length: 300 }, (_, index) => ({
      ...row,
      ...{ ownerId: owner.id, name: `many-${index}`, sshPort: 30_000 + index },
    })),
  });
  const readings = (await database.db.site.findMany({ select: { id: true } })).map((site) => reading(site));
  const take = startJudge();
  for (let round = 0; round < 4; round += 1) await take(readings, ROOM);
  const before = process.cpuUsage();
  for (let round = 0; round < 8; round += 1) await take(readings, ROOM);
  const { user, system } = process.cpuUsage(before);
  // Every two seconds: 20 ms are a hundredth of a core.
  expect((user + system) / 1_000 / 8).toBeLessThan(20);
});

test('the machine’s memory is told of once, also by a keeper that starts anew, and when it is well again', async () => {
  const full = exampleHost({ memoryBytes: 20_480 * MB, memoryBytesUsed: 19_661 * MB });
  const start = () => createHostJudge({ db: database.db, log, now: () => now });
  const take = start();
  await take(full);
  await take(full);
  await start()(full);
  const later = start();
  for (let round = 0; round < 2; round += 1) await later(exampleHost({ memoryBytes: 20_480 * MB }));
  expect((await eventsOf(null)).map(({ kind, level, text }) => [kind, level, text])).toEqual([
    ['host-memory', 'critical', "The machine's memory is nearly used up: 19.2 GB of 20 GB."],
    ['host-memory', 'info', "The machine's memory has room again: 0.9 GB of 20 GB."],
  ]);
});
