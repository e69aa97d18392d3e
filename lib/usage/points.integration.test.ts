import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { hostHistory, siteHistory } from './history.ts';
import { recordSlot } from './points.ts';
import { markActive, recordHost, recordUsage } from './record.ts';
import { keepHistory, type RollUpState } from './roll-up.ts';
import { createSlots, type Slot, type Slots } from './slots.ts';
import { exampleHost, exampleSite } from './testing/examples.ts';

const NEW: RollUpState = { minutes: null, hours: null };
const NOW = Date.UTC(2026, 10, 23, 12, 0, 30);
const [SITE, OTHER, GONE, GOING] = [1, 2, 3, 4].map((number) => `00000000-0000-7000-8000-00000000000${number}`) as [
  string,
  string,
  string,
  string,
];
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedPlans(database.db);
  const plan = await database.db.plan.findFirstOrThrow();
  for (const [index, id] of [SITE, OTHER].entries()) {
    await database.db.site.create({
      data: {
        id,
        name: `site-${index}`,
        planName: plan.name,
        sshPort: 30_000 + index,
        sealedPassword: '',
        sealedToken: '',
      },
    });
  }
});

beforeEach(async () => {
  await database.db.usagePoint.deleteMany();
  await database.db.hostPoint.deleteMany();
});

afterAll(() => database.drop());

const span = (seconds: 10 | 60 | 3600, from = 0) => ({ seconds, from: new Date(from), to: new Date(NOW + 3_600_000) });

/** One slot of readings at a time; what is told is of each reading. */
function slotAt(atMs: number, readings: Parameters<typeof exampleSite>[1][], latency: number[] = []): Slot {
  const slots: Slots = createSlots();
  for (const told of readings) {
    const site = exampleSite(SITE, told);
    const traffic = new Map([[SITE, { requests: 0, errors: 0, openRequests: 0, latency }]]);
    slots.add([site, exampleSite(GONE)], traffic, exampleHost({ at: new Date(atMs) }));
  }
  const slot = slots.waiting(true)[0];
  if (!slot) throw new Error('no slot');
  return slot;
}

test('a ten-second point has the most that was seen, and the sum of what happened', async () => {
  const cpu = { cpuMicros: 100_000, throttledMicros: 5, oomKills: 0, forksRefused: 0, rxBytes: 10, txBytes: 20 };
  const readings = [
    { diskBytes: 50, memoryBytes: 7, pids: 3, requests: 2, errors: 1, since: cpu, inodes: 4 },
    { diskBytes: 40, memoryBytes: 9, pids: 1, requests: 1, since: cpu },
  ];
  await recordSlot(database.db, 'local', slotAt(NOW, readings, [1]));
  expect(await database.db.usagePoint.findMany()).toEqual([
    expect.objectContaining({
      siteId: SITE,
      seconds: 10,
      at: new Date(NOW),
      diskBytes: 50n,
      inodes: 4,
      memoryBytes: 9n,
      pids: 3,
      cpuMicros: 200_000n,
      throttledMicros: 10n,
      rxBytes: 20n,
      txBytes: 40n,
      requests: 3,
      errors: 1,
      latency: [2],
    }),
  ]);
  expect(await hostHistory(database.db, span(10))).toMatchObject([{ requests: 3, running: 2, keeperMillis: 2 }]);
});

test('a keeper that was started anew adds to the point that the one before had begun', async () => {
  const told = { diskBytes: 5, requests: 2, errors: 1 };
  await recordSlot(database.db, 'local', slotAt(NOW, [told], [0, 1]));
  await recordSlot(database.db, 'local', slotAt(NOW, [{ ...told, diskBytes: 3 }], [1, 1, 4]));
  await recordSlot(database.db, 'local', slotAt(NOW, [{ requests: 0 }]));
  const [point, ...others] = await database.db.usagePoint.findMany();
  expect(others).toEqual([]);
  expect(point).toMatchObject({ diskBytes: 5n, requests: 4, errors: 2, latency: [1, 2, 4] });
});

test('minutes and hours say what their points say, however often they are made', async () => {
  const hour = Date.UTC(2026, 10, 23, 11);
  for (let slot = 0; slot < 12; slot += 1) {
    await recordSlot(
      database.db,
      'local',
      slotAt(
        hour + slot * 10_000,
        [{ requests: 1, diskBytes: slot, memoryBytes: 100 - slot, since: cpuOf(1_000) }],
        [1, slot],
      ),
    );
  }
  let state = await keepHistory(database.db, 'local', NEW, NOW);
  state = await keepHistory(database.db, 'local', state, NOW + 60_000);
  await keepHistory(database.db, 'local', NEW, NOW + 120_000);
  const minutes = await database.db.usagePoint.findMany({ where: { seconds: 60 }, orderBy: { at: 'asc' } });
  expect(minutes).toMatchObject([
    { at: new Date(hour), requests: 6, diskBytes: 5n, memoryBytes: 100n, cpuMicros: 6_000n, latency: [6, 15] },
    { at: new Date(hour + 60_000), requests: 6, diskBytes: 11n, memoryBytes: 94n, latency: [6, 51] },
  ]);
  expect(await database.db.usagePoint.findMany({ where: { seconds: 3600 } })).toMatchObject([
    { at: new Date(hour), requests: 12, diskBytes: 11n, cpuMicros: 12_000n, latency: [12, 66] },
  ]);
  expect(await hostHistory(database.db, span(3600))).toMatchObject([{ at: new Date(hour), requests: 12, running: 2 }]);
  expect(await siteHistory(database.db, SITE, span(60))).toMatchObject([{ p95Millis: 1 }, { requests: 6 }]);
});

test('a site without requests has points without durations', async () => {
  await recordSlot(database.db, 'local', slotAt(NOW - 90_000, [{}]));
  await keepHistory(database.db, 'local', NEW, NOW);
  expect(await siteHistory(database.db, SITE, span(60))).toMatchObject([
    { requests: 0, p50Millis: null, p95Millis: null },
  ]);
});

test('points go when their time is over, and no others', async () => {
  const ages = { 10: [3_600, 7_300], 60: [86_400, 173_000], 3600: [86_400 * 89, 86_400 * 91] };
  for (const [seconds, kept] of Object.entries(ages))
    for (const age of kept) await recordPoint(Number(seconds), NOW - age * 1000);
  await keepHistory(database.db, 'local', { minutes: NOW / 1000, hours: NOW / 1000 }, NOW);
  const left = await database.db.usagePoint.findMany({ orderBy: { seconds: 'asc' } });
  expect(left.map(({ seconds, at }) => [seconds, (NOW - at.getTime()) / 1000])).toEqual([
    [10, 3_600],
    [60, 86_400],
    [3600, 86_400 * 89],
  ]);
});

test('the newest reading of each site replaces the one before, and a site that has gone is passed over', async () => {
  const more = { requestsPerMinute: 3, p95Millis: 12, rxBytesPerSecond: 1, txBytesPerSecond: 2 };
  const counters = {
    cpuMicros: 5_000_000_000,
    throttledMicros: 1,
    oomKills: 2,
    forksRefused: 3,
    rxBytes: 4,
    txBytes: 5,
  };
  const at = new Date(NOW);
  const first = { ...exampleSite(SITE, { at, diskBytes: 3 * 2 ** 32, inodes: 9, counters }), ...more };
  await recordUsage(database.db, [first, { ...exampleSite(GONE, { at }), ...more }]);
  await recordUsage(database.db, [{ ...first, cpuMillis: 250, instanceId: null, p95Millis: null }]);
  expect(await database.db.usage.findMany()).toEqual([
    expect.objectContaining({
      siteId: SITE,
      instanceId: null,
      diskBytes: BigInt(3 * 2 ** 32),
      inodes: 9,
      cpuMicros: 5_000_000_000n,
      oomKills: 2,
      forksRefused: 3,
      cpuMillis: 250,
      requestsPerMinute: 3,
      p95Millis: null,
      txBytesPerSecond: 2n,
      readAt: at,
    }),
  ]);
});

test('a site that has the kernel refuse processes for days takes no other reading with it', async () => {
  const at = new Date(NOW + 60_000);
  const counters = { ...exampleSite(SITE).counters, forksRefused: 2 ** 40, oomKills: 2 ** 33 };
  const told = { requestsPerMinute: 0, p95Millis: null, rxBytesPerSecond: 0, txBytesPerSecond: 0 };
  await recordUsage(database.db, [
    { ...exampleSite(SITE, { at, counters }), ...told },
    { ...exampleSite(OTHER, { at }), ...told },
  ]);
  expect(await database.db.usage.findUnique({ where: { siteId: OTHER } })).toMatchObject({ readAt: at });
  expect(await database.db.usage.findUnique({ where: { siteId: SITE } })).toMatchObject({
    forksRefused: 2 ** 31 - 1,
    oomKills: 2 ** 31 - 1,
  });
  await database.db.usage.deleteMany({ where: { siteId: OTHER } });
});

test('a site that is deleted at that very moment takes no other reading with it', async () => {
  const { db } = database;
  const plan = await db.plan.findFirstOrThrow();
  const row = { planName: plan.name, sshPort: 30_009, sealedPassword: '', sealedToken: '' };
  const told = { requestsPerMinute: 0, p95Millis: null, rxBytesPerSecond: 0, txBytesPerSecond: 0 };
  const at = new Date(NOW + 60_000);
  await db.site.create({ data: { id: GOING, name: 'going', ...row } });
  const recording = db.$transaction(async (tx) => {
    await tx.site.delete({ where: { id: GOING } });
    const recorded = recordUsage(
      db,
      [GOING, SITE].map((id) => ({ ...exampleSite(id, { at }), ...told })),
    );
    recorded.catch(() => {}); // It is waited for below.
    await waitingForLock(db);
    return { recorded };
  });
  await (await recording).recorded;
  expect(await db.usage.findUnique({ where: { siteId: SITE } })).toMatchObject({ readAt: at });
});

async function waitingForLock(db: TestDatabase['db']): Promise<void> {
  await expect
    .poll(async () => {
      const [row] = await db.$queryRaw<{ waits: boolean }[]>`select exists (
        select from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()
      ) as waits`;
      return row?.waits;
    })
    .toBe(true);
}

test('the host has one row, with what the reading cost', async () => {
  await recordHost(database.db, 'local', exampleHost());
  await recordHost(database.db, 'local', exampleHost({ readCpuMicros: 9, at: new Date(NOW) }));
  expect(await database.db.host.findUnique({ where: { node: 'local' } })).toMatchObject({
    readCpuMicros: 9,
    pidsMax: 32_768,
    readAt: new Date(NOW),
  });
});

test('a visit only ever moves the time of the last one forward', async () => {
  const later = new Date(Date.now() + 60_000);
  await markActive(database.db, [SITE, GONE], later);
  await markActive(database.db, [SITE], new Date(0));
  const site = await database.db.site.findUniqueOrThrow({ where: { id: SITE } });
  expect(site.activeAt).toEqual(later);
});

function cpuOf(cpuMicros: number) {
  return { cpuMicros, throttledMicros: 0, oomKills: 0, forksRefused: 0, rxBytes: 0, txBytes: 0 };
}

async function recordPoint(seconds: number, atMs: number): Promise<void> {
  const zero = { diskBytes: 0, memoryBytes: 0, pids: 0, rxBytes: 0, txBytes: 0, requests: 0, errors: 0, latency: [] };
  await database.db.usagePoint.create({
    data: { siteId: SITE, seconds, at: new Date(atMs), ...zero, cpuMicros: 0, throttledMicros: 0 },
  });
}
