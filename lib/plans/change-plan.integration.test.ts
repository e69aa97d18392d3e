import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PLANS, seedPlans } from '../../prisma/seed.ts';
import type { Who } from '../audit/audit.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { launch } from '../sites/launch.ts';
import { changeUser } from '../users/change-user.ts';
import { changePlan, createPlan, deletePlan } from './change-plan.ts';
import { listPlans } from './plans.ts';

const MB = 2 ** 20;
const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
const ADMIN: Who = { actor: { id: '01900000-0000-7000-8000-00000000000a', role: 'admin' }, address: '192.0.2.9' };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
});
afterAll(() => database.drop());
beforeEach(async () => {
  const { db } = database;
  await db.site.deleteMany();
  await db.user.deleteMany();
  await db.launch.deleteMany();
  await db.plan.deleteMany();
  await db.$executeRaw`delete from graphile_worker._private_jobs`;
  await seedPlans(db);
});

const deps = () => ({ db: database.db, settings });
let addresses = 0;

async function liveSite(owner: { id: string } | null = null, data = {}) {
  addresses += 1;
  const { site } = await launch(deps(), { owner, name: null, address: `198.51.100.${addresses}`, key: null });
  return database.db.site.update({ where: { id: site.id }, data: { state: 'live', ...data } });
}

const useOf = (siteId: string, diskMb: number, memoryMb: number) => ({
  siteId,
  diskBytes: BigInt(diskMb * MB),
  memoryBytes: BigInt(memoryMb * MB),
  ...{ pids: 5, cpuMicros: 0n, readAt: new Date() },
});

async function limitJobs(): Promise<string[]> {
  const rows = await database.db.$queryRaw<{ key: string }[]>`
    select key from graphile_worker.jobs where key like 'limits:%' order by key`;
  return rows.map(({ key }) => key.slice('limits:'.length));
}

const newest = () => database.db.auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } });

describe('a plan', () => {
  test('that changes takes all of its sites along, but for limits of their own', async () => {
    const [one, two, own] = [
      await liveSite(),
      await liveSite(),
      await liveSite(null, { memoryBytesMax: BigInt(300 * MB) }),
    ];
    const change = { memoryBytesMax: 128 * MB };
    const answer = await changePlan(deps(), ADMIN, 'guest', { change, preview: false });
    expect(answer.sites).toBe(2);
    expect(await limitJobs()).toEqual([one.id, two.id].sort());
    const events = await database.db.event.findMany({ where: { kind: 'limits' } });
    expect(new Set(events.map(({ text }) => text))).toEqual(new Set(['An admin set the memory to 128 MB.']));
    expect(events.map(({ siteId }) => siteId)).not.toContain(own.id);
    expect(await newest()).toMatchObject({
      action: 'plan.update',
      subject: 'guest',
      before: { memoryBytesMax: 256 * MB },
      after: { memoryBytesMax: 128 * MB },
    });
  });

  test('tells in a preview how many sites it changes and which go over, and writes nothing', async () => {
    const [full, idle] = [await liveSite(), await liveSite()];
    await database.db.usage.createMany({ data: [useOf(full.id, 700, 200), useOf(idle.id, 10, 10)] });
    const change = { diskBytesMax: 512 * MB, memoryBytesMax: 128 * MB, lifetimeMinutes: 60 };
    const { sentences } = await changePlan(deps(), ADMIN, 'guest', { change, preview: true });
    expect(sentences).toEqual([
      '2 sites get other limits at once.',
      `Over the new disk, so writes fail until files are deleted: 1 site (${full.name}).`,
      `Over the new memory, so the container is restarted: 1 site (${full.name}).`,
      'The lifetime changes for sites that are launched from now on.',
    ]);
    expect(await database.db.plan.findUnique({ where: { name: 'guest' } })).toMatchObject({ lifetimeMinutes: 1440 });
    expect(await limitJobs()).toEqual([]);
  });

  test('is made, given and deleted when nobody has it any more', async () => {
    const [{ name: _name, ...guest } = { name: '' }] = PLANS;
    const numbers = Object.fromEntries(
      Object.entries(guest).map(([field, value]) => [field, value === null ? null : Number(value)]),
    );
    const plan = numbers as unknown as Parameters<typeof createPlan>[3];
    await createPlan(deps(), ADMIN, 'studio', { ...plan, pidsMax: 99 });
    await expect(createPlan(deps(), ADMIN, 'studio', plan)).rejects.toMatchObject({ code: 'name-taken' });
    const user = await database.db.user.create({ data: { role: 'member', planName: 'studio' } });
    await expect(deletePlan(deps(), ADMIN, 'studio')).rejects.toMatchObject({
      code: 'plan-in-use',
      message: 'The plan studio is in use: 0 sites and 1 user have it.',
    });
    expect(await listPlans(database.db)).toContainEqual(
      expect.objectContaining({ name: 'studio', pidsMax: 99, users: 1 }),
    );
    await database.db.user.delete({ where: { id: user.id } });
    await deletePlan(deps(), ADMIN, 'studio');
    expect(await newest()).toMatchObject({ action: 'plan.delete', before: { pidsMax: 99 } });
    await expect(deletePlan(deps(), ADMIN, 'guest')).rejects.toMatchObject({ code: 'plan-in-use' });
    await expect(deletePlan(deps(), ADMIN, 'no-such')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('stops a site no earlier than it freezes it', async () => {
    const change = { stopAfterMinutes: 10 };
    await expect(changePlan(deps(), ADMIN, 'guest', { change, preview: false })).rejects.toMatchObject({
      code: 'bad-request',
    });
  });
});

describe('a user', () => {
  const change = (id: string, wish: Parameters<typeof changeUser>[3]['change'], more = {}) =>
    changeUser(deps(), ADMIN, id, { change: wish, preview: false, force: false, ...more });

  test('whose plan changes has his sites on it at once, without expiry where the plan has none', async () => {
    const site = await liveSite();
    const id = site.ownerId ?? '';
    const preview = await change(id, { planName: 'member' }, { preview: true });
    expect(preview.sentences).toEqual(['1 site gets other limits at once.']);
    expect(await database.db.site.findUnique({ where: { id: site.id } })).toMatchObject({ planName: 'guest' });
    await change(id, { planName: 'member' });
    const after = await database.db.site.findUniqueOrThrow({ where: { id: site.id }, include: { events: true } });
    expect(after).toMatchObject({ planName: 'member', expiresAt: null });
    expect(after.events[0]?.text).toMatch(/^An admin set the disk to 2 GB, /);
    expect(await limitJobs()).toEqual([site.id]);
    expect(await newest()).toMatchObject({
      action: 'user.limits',
      before: { planName: null },
      after: { planName: 'member' },
    });
  });

  test('does not get a plan that his sites do not fit in, unless it is forced; totals below what is promised stay allowed', async () => {
    const user = await database.db.user.create({ data: { role: 'member', totalDiskBytesMax: BigInt(2048 * MB) } });
    const site = await liveSite(user);
    await changePlan(deps(), ADMIN, 'member', { change: { totalMemoryBytesMax: 100 * MB }, preview: false });
    await expect(change(user.id, { totalDiskBytesMax: 10 * MB })).resolves.toMatchObject({ promised: { sites: 1 } });
    await change(user.id, { planName: 'guest' });
    await expect(change(user.id, { planName: 'member' })).rejects.toMatchObject({ code: 'over-total' });
    await change(user.id, { planName: 'member' }, { force: true });
    expect(await database.db.site.findUnique({ where: { id: site.id } })).toMatchObject({ planName: 'member' });
  });

  test('that is not there, and a plan that is not there, are not found', async () => {
    await expect(change('01900000-0000-7000-8000-00000000dead', { sitesMax: 3 })).rejects.toMatchObject({
      code: 'not-found',
    });
    const user = await database.db.user.create({ data: { role: 'member' } });
    await expect(change(user.id, { planName: 'no-such' })).rejects.toMatchObject({ code: 'not-found' });
  });
});
