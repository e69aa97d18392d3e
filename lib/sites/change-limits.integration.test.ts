import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import type { Who } from '../audit/audit.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { changeLimits } from './change-limits.ts';
import { insertReady, launch } from './launch.ts';

const MB = 2 ** 20;
const settings = parseSettings({ LIGHTKEEPER_SECRET: 's'.repeat(32) });
const ADMIN: Who = { actor: { id: '01900000-0000-7000-8000-00000000000a', role: 'admin' }, address: '192.0.2.9' };
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
  await database.db.launch.deleteMany();
});

const deps = () => ({ db: database.db, settings });

async function newSite() {
  const ready = await insertReady(deps());
  return database.db.site.update({ where: { id: ready?.id ?? '' }, data: { state: 'live' }, include: { plan: true } });
}

async function memberSite(user: { id: string }) {
  const { site } = await launch(deps(), { owner: user, name: null, address: '192.0.2.1', key: null });
  return database.db.site.update({ where: { id: site.id }, data: { state: 'live' } });
}

const newMember = (data = {}) => database.db.user.create({ data: { role: 'member', ...data } });
const change = (name: string, limits: Record<string, number | null>, more = {}) =>
  changeLimits(deps(), ADMIN, name, { limits, preview: false, force: false, ...more });
const jobs = async () => {
  const rows = await database.db.$queryRaw<
    { key: string }[]
  >`select key from graphile_worker.jobs where key like 'limits:%'`;
  return rows.map(({ key }) => key);
};
const auditOf = (siteId: string) => database.db.auditEntry.findMany({ where: { siteId }, orderBy: { id: 'asc' } });

describe('limits of one site', () => {
  test('row, audit, event and job are written together, with what was before', async () => {
    const site = await newSite();
    const answer = await change(site.name, { diskBytesMax: 2048 * MB, pidsMax: 64 });
    expect(answer).toMatchObject({
      before: { diskBytesMax: 1024 * MB, pidsMax: 128 },
      after: { diskBytesMax: 2048 * MB, pidsMax: 64, memoryBytesMax: 256 * MB },
    });
    const after = await database.db.site.findUniqueOrThrow({ where: { id: site.id }, include: { events: true } });
    expect(after).toMatchObject({ diskBytesMax: BigInt(2048 * MB), pidsMax: 64, memoryBytesMax: null });
    expect(after.events.map(({ text }) => text)).toEqual(['An admin set the disk to 2 GB and the processes to 64.']);
    expect(await jobs()).toContain(`limits:${site.id}`);
    expect(await auditOf(site.id)).toMatchObject([
      {
        action: 'site.limits',
        subject: site.name,
        actorId: ADMIN.actor.id,
        address: '192.0.2.9',
        before: { diskBytesMax: null, pidsMax: null },
        after: { diskBytesMax: 2048 * MB, pidsMax: 64 },
      },
    ]);
  });

  test('null is the plan’s again', async () => {
    const site = await newSite();
    await change(site.name, { memoryBytesMax: 512 * MB });
    const answer = await change(site.name, { memoryBytesMax: null });
    expect(answer.after.memoryBytesMax).toBe(256 * MB);
    expect(await auditOf(site.id)).toMatchObject([
      {},
      { before: { memoryBytesMax: 512 * MB }, after: { memoryBytesMax: null } },
    ]);
  });

  test('a preview says what would happen and writes nothing', async () => {
    const site = await newSite();
    const usage = {
      diskBytes: 500n * BigInt(MB),
      memoryBytes: 200n * BigInt(MB),
      pids: 60,
      cpuMicros: 0n,
      readAt: new Date(),
    };
    await database.db.usage.create({ data: { siteId: site.id, ...usage } });
    const limits = { diskBytesMax: 200 * MB, memoryBytesMax: 128 * MB, pidsMax: 32 };
    const { sentences } = await change(site.name, limits, { preview: true });
    expect(sentences).toEqual([
      'The disk holds 500 MB. At 200 MB writes fail until 300 MB are deleted.',
      expect.stringMatching(/^This site uses 200 MB of memory now\. At 128 MB its container is restarted, because/),
      expect.stringMatching(/^Processes: from 128 to 32: new processes and threads are refused while 60 run, /),
    ]);
    expect(await database.db.site.findUnique({ where: { id: site.id } })).toMatchObject({ diskBytesMax: null });
    expect(await auditOf(site.id)).toEqual([]);
    expect(await jobs()).not.toContain(`limits:${site.id}`);
  });

  test('two admins at once lose nothing: each sets what he names, and the log has what he found', async () => {
    const site = await newSite();
    await Promise.all([
      change(site.name, { pidsMax: 50 }),
      change(site.name, { memoryBytesMax: 300 * MB }),
      change(site.name, { pidsMax: 60 }),
    ]);
    const after = await database.db.site.findUniqueOrThrow({ where: { id: site.id } });
    const entries = await auditOf(site.id);
    expect(after.memoryBytesMax).toBe(BigInt(300 * MB));
    const pids = entries.flatMap(({ before, after: set }) => {
      const [from, to] = [before, set] as unknown as { pidsMax?: number | null }[];
      return to?.pidsMax === undefined ? [] : [[from?.pidsMax, to.pidsMax]];
    });
    expect(pids[0]?.[0]).toBeNull();
    expect(pids[1]?.[0]).toBe(pids[0]?.[1]);
    expect(after.pidsMax).toBe(pids[1]?.[1]);
  });

  test('more cores than the machine has are refused with the number', async () => {
    const site = await newSite();
    const host = {
      memoryBytes: 1n << 40n,
      cpuCount: 2,
      poolBytes: 1n << 40n,
      poolBytesFree: 1n << 40n,
      diskKind: 'btrfs',
      readAt: new Date(),
    };
    await database.db.host.create({ data: { node: 'local', ...host } });
    try {
      await expect(change(site.name, { cpuMillisMax: 3_000 })).rejects.toMatchObject({
        message: expect.stringContaining('2 cores'),
      });
      await expect(change(site.name, { cpuMillisMax: 2_000 })).resolves.toBeTruthy();
    } finally {
      await database.db.host.deleteMany();
    }
  });

  test('a site that is being deleted, and one that never was, are not found', async () => {
    const site = await newSite();
    await database.db.site.update({ where: { id: site.id }, data: { state: 'deleting' } });
    await expect(change(site.name, { pidsMax: 50 })).rejects.toMatchObject({ code: 'not-found' });
    await expect(change('no-such-site', { pidsMax: 50 })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the totals of a user', () => {
  test('hold at a change of limits, unless it is forced, and going down is always allowed', async () => {
    const user = await newMember({ totalDiskBytesMax: BigInt(3000 * MB) });
    const site = await memberSite(user);
    await expect(change(site.name, { diskBytesMax: 4096 * MB })).rejects.toMatchObject({
      code: 'over-total',
      message: "The owner's sites together would be promised 4 GB of disk; the total is 2.9 GB.",
    });
    expect((await change(site.name, { diskBytesMax: 4096 * MB }, { force: true })).sentences.at(-1)).toContain(
      'the total is',
    );
    await expect(change(site.name, { diskBytesMax: 3500 * MB })).resolves.toBeTruthy();
  });

  test('hold at a launch, with the numbers', async () => {
    const user = await newMember({ totalMemoryBytesMax: BigInt(700 * MB) });
    await memberSite(user);
    await expect(memberSite(user)).rejects.toMatchObject({
      code: 'over-total',
      message: 'Your sites have 512 MB of the 700 MB of memory that you may have, and another site needs 512 MB.',
    });
  });

  test('the number of sites is the user’s own, where he has one', async () => {
    const one = await newMember({ sitesMax: 1 });
    await memberSite(one);
    await expect(memberSite(one)).rejects.toMatchObject({ code: 'too-many-sites', message: 'You have 1 of 1 sites.' });
    await expect(memberSite(await newMember({ sitesMax: 0 }))).rejects.toMatchObject({ code: 'too-many-sites' });
  });

  test('hold when several launches come at once', async () => {
    const user = await newMember({ totalMemoryBytesMax: BigInt(1100 * MB) });
    const launched = await Promise.allSettled(
      [1, 2, 3, 4].map((index) => launch(deps(), { owner: user, name: null, address: `192.0.2.${index}`, key: null })),
    );
    expect(launched.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  });

  test('a user with a plan of his own launches sites of it', async () => {
    const user = await database.db.user.create({ data: { role: 'guest', planName: 'member' } });
    expect(await memberSite(user)).toMatchObject({ planName: 'member', expiresAt: null });
  });
});
