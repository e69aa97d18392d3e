// Checkpoints as rows beside a disk that is told by the test: what is asked for, what becomes of it, and what a kill leaves.

import { randomUUID } from 'node:crypto';
import { runMigrations } from 'graphile-worker';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { AppError } from '../errors/app-error.ts';
import { checkpointBefore } from './before-deployment.ts';
import { sitesToTend } from './look.ts';
import { MANUAL_MAX } from './plan.ts';
import { requestCheckpoint, requestDrop, requestRestore } from './request.ts';
import { tendCheckpoints } from './tend.ts';
import { listCheckpoints } from './view.ts';
import { createScales } from './weigh.ts';

const log = pino({ level: 'silent' });
const GB = 2 ** 30;
let database: TestDatabase;
let site: { id: string; name: string };
let snapshots: Map<string, Set<string>>;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  const { db } = database;
  await db.site.updateMany({ data: { liveDeploymentId: null } });
  await db.site.deleteMany();
  await db.host.deleteMany();
  snapshots = new Map();
  site = await makeSite('calm-reef-7', 22_000);
});

const deps = () => ({ db: database.db, disk: createDisk(), log, runner: 'worker-1' });

function createDisk() {
  const of = (siteId: string) => snapshots.get(siteId) ?? snapshots.set(siteId, new Set()).get(siteId) ?? new Set();
  return {
    kind: 'btrfs' as const,
    snapshot: async (siteId: string, name: string) => void of(siteId).add(name),
    dropSnapshot: async (siteId: string, name: string) => void of(siteId).delete(name),
    snapshots: async (siteId: string) => [...of(siteId)],
    heldBySnapshots: async (siteId: string) => ({
      bytes: 3 * of(siteId).size,
      each: new Map([...of(siteId)].map((name) => [name, 2])),
    }),
  };
}

async function makeSite(name: string, sshPort: number) {
  const { db } = database;
  const made = await db.site.create({
    data: { name, planName: 'guest', sshPort, sealedPassword: 'x', sealedToken: 'x', state: 'live' },
  });
  const deployment = { siteId: made.id, cause: 'push' as const, status: 'succeeded' as const, kept: true };
  const live = await db.deployment.create({ data: { ...deployment, number: 4, subject: 'Say hello' } });
  await db.deployment.create({ data: { ...deployment, number: 3 } });
  return db.site.update({ where: { id: made.id }, data: { liveDeploymentId: live.id } });
}

async function fillDisk(diskBytes: number): Promise<void> {
  const { db } = database;
  const row = { diskBytes: BigInt(Math.round(diskBytes)), memoryBytes: 0n, pids: 0, cpuMicros: 0n, readAt: new Date() };
  await db.usage.upsert({ where: { siteId: site.id }, create: { siteId: site.id, ...row }, update: row });
}

async function tend(): Promise<void> {
  await tendCheckpoints(deps(), await database.db.site.findUniqueOrThrow({ where: { id: site.id } }));
}

async function list() {
  return listCheckpoints(database.db, await database.db.site.findUniqueOrThrow({ where: { id: site.id } }));
}

async function codeOf(work: Promise<unknown>): Promise<string | null> {
  return work.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
}

async function readyBefore(): Promise<void> {
  expect(await checkpointBefore(deps(), site.id)).toBe(true);
}

test('what is asked for is a row and a job, and after the worker a snapshot that knows its releases', async () => {
  const { id } = await requestCheckpoint(database.db, site, 'before \u202e the\nupgrade');
  const jobs = await database.db.$queryRaw<{ key: string }[]>`select key from graphile_worker.jobs`;
  expect(jobs.map(({ key }) => key)).toContain(`converge:${site.id}`);
  expect((await list()).checkpoints).toMatchObject([{ id, status: 'making', label: 'before the upgrade' }]);
  expect(await sitesToTend(deps(), [site.id])).toEqual(new Set([site.id]));
  await tend();
  expect(snapshots.get(site.id)).toEqual(new Set([id]));
  const row = await database.db.checkpoint.findUniqueOrThrow({ where: { id } });
  expect(row).toMatchObject({ status: 'ready', deploymentNumber: 4, keptNumbers: [3, 4] });
  expect((await list()).checkpoints[0]?.release).toEqual({ number: 4, subject: 'Say hello' });
  expect(await sitesToTend(deps(), [site.id])).toEqual(new Set());
});

test('five are made by hand, also when they are asked for at once', async () => {
  const asked = Array.from({ length: 8 }, () => codeOf(requestCheckpoint(database.db, site, null)));
  const codes = await Promise.all(asked);
  expect(codes.filter((code) => code === null)).toHaveLength(MANUAL_MAX);
  expect(codes.filter((code) => code === 'too-many-checkpoints')).toHaveLength(3);
});

test('none is made while the machine has only its reserve left, or the site is not live', async () => {
  const host = { node: 'local', memoryBytes: 1n, cpuCount: 1, diskKind: 'btrfs', readAt: new Date() };
  await database.db.host.create({ data: { ...host, poolBytes: 100n, poolBytesFree: 10n } });
  expect(await codeOf(requestCheckpoint(database.db, site, null))).toBe('host-full');
  await database.db.host.deleteMany();
  await database.db.site.update({ where: { id: site.id }, data: { state: 'failed' } });
  expect(await codeOf(requestCheckpoint(database.db, site, null))).toBe('site-not-ready');
  expect(await database.db.checkpoint.count()).toBe(0);
});

test("another site's checkpoint is not found, whatever is asked of it", async () => {
  const other = await makeSite('far-bay-8', 22_001);
  const { id } = await requestCheckpoint(database.db, other, null);
  expect(await codeOf(requestDrop(database.db, site, id))).toBe('not-found');
  expect(await codeOf(requestRestore(database.db, site, id, { withoutUndo: true }))).toBe('not-found');
  expect(await codeOf(requestDrop(database.db, site, randomUUID()))).toBe('not-found');
});

test('three before pushes are kept, and those of others are left alone', async () => {
  await requestCheckpoint(database.db, site, null);
  await tend();
  for (let push = 0; push < 4; push += 1) await readyBefore();
  expect(await sitesToTend(deps(), [site.id])).toEqual(new Set([site.id]));
  await tend();
  const causes = (await list()).checkpoints.map(({ cause }) => cause);
  expect(causes).toEqual(['deployment', 'deployment', 'deployment', 'manual']);
  expect(snapshots.get(site.id)?.size).toBe(4);
});

test('near its limit the disk gets none before a push, and the oldest of ours goes, with an event', async () => {
  await fillDisk(0.5 * GB);
  await readyBefore();
  await readyBefore();
  await fillDisk(0.81 * GB);
  expect(await checkpointBefore(deps(), site.id)).toBe(false);
  expect(await sitesToTend(deps(), [site.id])).toEqual(new Set([site.id]));
  await tend();
  expect((await list()).checkpoints).toHaveLength(1);
  expect(await list()).toMatchObject({ isNearFull: true });
  expect(await database.db.event.findFirst({ where: { kind: 'checkpoint-dropped' } })).not.toBeNull();
});

test('a push does not wait for whoever has the site, and does without', async () => {
  await database.db.lease.create({
    data: { name: `converge:${site.id}`, holder: 'x', expiresAt: new Date(Date.now() + 60_000) },
  });
  const start = performance.now();
  expect(await checkpointBefore(deps(), site.id)).toBe(false);
  expect(performance.now() - start).toBeLessThan(2_000);
  await database.db.lease.deleteMany();
});

test('a snapshot without a row goes, and a row without its snapshot says so', async () => {
  const { id } = await requestCheckpoint(database.db, site, null);
  await tend();
  snapshots.set(site.id, new Set(['orphan']));
  expect(await sitesToTend(deps(), [site.id])).toEqual(new Set([site.id]));
  await tend();
  expect(snapshots.get(site.id)).toEqual(new Set());
  expect((await list()).checkpoints).toMatchObject([{ id, status: 'failed' }]);
  await requestDrop(database.db, site, id);
  await tend();
  expect((await list()).checkpoints).toEqual([]);
});

test('one that was being made when its worker was killed is made anew, not taken for the old one', async () => {
  const { id } = await requestCheckpoint(database.db, site, null);
  snapshots.set(site.id, new Set([id]));
  const calls: string[] = [];
  const disk = createDisk();
  const noted = {
    ...disk,
    snapshot: async (...args: [string, string]) => {
      calls.push('make');
      await disk.snapshot(...args);
    },
    dropSnapshot: async (...args: [string, string]) => {
      calls.push('drop');
      await disk.dropSnapshot(...args);
    },
  };
  await tendCheckpoints({ ...deps(), disk: noted }, { id: site.id, restoringId: null });
  expect(calls).toEqual(['drop', 'make']);
});

test('a release that goes live in between makes it once more', async () => {
  const { id } = await requestCheckpoint(database.db, site, null);
  const disk = createDisk();
  let made = 0;
  const busy = {
    ...disk,
    snapshot: async (...args: [string, string]) => {
      made += 1;
      await disk.snapshot(...args);
      if (made > 1) return;
      const next = await database.db.deployment.create({
        data: { siteId: site.id, cause: 'push', number: 5, status: 'succeeded', kept: true },
      });
      await database.db.site.update({ where: { id: site.id }, data: { liveDeploymentId: next.id } });
    },
  };
  await tendCheckpoints({ ...deps(), disk: busy }, { id: site.id, restoringId: null });
  expect(made).toBe(2);
  expect(await database.db.checkpoint.findUnique({ where: { id } })).toMatchObject({ deploymentNumber: 5 });
});

test('one that the disk refuses says that it failed', async () => {
  await requestCheckpoint(database.db, site, null);
  const disk = { ...createDisk(), snapshot: () => Promise.reject(new Error('no')) };
  await tendCheckpoints({ ...deps(), disk }, { id: site.id, restoringId: null });
  expect((await list()).checkpoints).toMatchObject([
    { status: 'failed', problem: expect.stringContaining('our side') },
  ]);
});

test('a restore is a wish in the row, with a way back, and nothing else is asked for meanwhile', async () => {
  const { id } = await requestCheckpoint(database.db, site, null);
  expect(await codeOf(requestRestore(database.db, site, id, { withoutUndo: false }))).toBe('site-not-ready');
  await tend();
  expect(await requestRestore(database.db, site, id, { withoutUndo: false })).toEqual({ undo: true });
  expect((await list()).restoring).toBe(id);
  expect(await codeOf(requestRestore(database.db, site, id, { withoutUndo: false }))).toBe('site-not-ready');
  expect(await codeOf(requestCheckpoint(database.db, site, null))).toBe('site-not-ready');
  expect(await codeOf(requestDrop(database.db, site, id))).toBe('site-not-ready');
  await tend();
  const [wayBack] = (await list()).checkpoints;
  expect(wayBack, 'it waits until nothing writes any more').toMatchObject({ cause: 'restore', status: 'making' });
});

test('a restore that could not be undone is one that is meant', async () => {
  const { id } = await requestCheckpoint(database.db, site, null);
  await tend();
  await fillDisk(0.9 * GB);
  expect(await codeOf(requestRestore(database.db, site, id, { withoutUndo: false }))).toBe('no-way-back');
  expect(await requestRestore(database.db, site, id, { withoutUndo: true })).toEqual({ undo: false });
  expect((await list()).checkpoints).toHaveLength(1);
});

test('a restore does not go ahead under a deployment, or of what an admin stopped', async () => {
  const { id } = await requestCheckpoint(database.db, site, null);
  await tend();
  const running = { siteId: site.id, cause: 'push' as const, number: 9 };
  const { id: deploymentId } = await database.db.deployment.create({ data: running });
  expect(await codeOf(requestRestore(database.db, site, id, { withoutUndo: false }))).toBe('deployment-running');
  await database.db.deployment.delete({ where: { id: deploymentId } });
  await database.db.site.update({ where: { id: site.id }, data: { heldBy: 'admin', heldFor: 'no' } });
  expect(await codeOf(requestRestore(database.db, site, id, { withoutUndo: false }))).toBe('site-held');
});

test('what checkpoints hold is found out once, and again when something changes', async () => {
  const { id } = await requestCheckpoint(database.db, site, null);
  await tend();
  let weighed = 0;
  let now = 0;
  const disk = createDisk();
  const counting = {
    heldBySnapshots: async (siteId: string) => {
      weighed += 1;
      return disk.heldBySnapshots(siteId);
    },
  };
  const scales = createScales({ db: database.db, disk: counting, log }, () => now);
  await scales.look();
  now += 60_000;
  await scales.look();
  expect(weighed).toBe(1);
  expect(await list()).toMatchObject({ heldBytes: 3, checkpoints: [{ id, heldBytes: 2 }] });
  await fillDisk(0.2 * GB);
  await scales.look();
  expect(weighed).toBe(2);
  await requestDrop(database.db, site, id);
  await tend();
  await scales.look();
  expect(await list()).toMatchObject({ heldBytes: 0, checkpoints: [] });
});
