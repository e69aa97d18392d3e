import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { listDeployments } from './list.ts';
import { requestRedeploy, requestRollback } from './request.ts';

const COMMIT = 'a'.repeat(40);
let database: TestDatabase;
let port = 22_000;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.$executeRaw`delete from graphile_worker._private_jobs`;
});

async function newSite() {
  port += 1;
  const data = { name: `site-${port}`, planName: 'guest', sshPort: port, sealedPassword: 'x', sealedToken: 'x' };
  return database.db.site.create({ data: { ...data, state: 'live' } });
}

function jobs() {
  return database.db.$queryRaw<{ payload: unknown }[]>`
    select payload from graphile_worker._private_jobs`;
}

test('a redeploy is asked of the worker once, with whom it is for', async () => {
  const site = await newSite();
  const data = { siteId: site.id, number: 1, cause: 'push' as const, commit: COMMIT, status: 'failed' as const };
  const { id } = await database.db.deployment.create({ data });
  for (const by of ['the site’s token', 'ann@example.org']) {
    await requestRedeploy(database.db, site, { deploymentId: id, by });
  }
  expect((await jobs()).map(({ payload }) => payload)).toEqual([
    { siteId: site.id, deploymentId: id, by: 'ann@example.org' },
  ]);
});

test('a redeploy is refused while a deployment runs, without a commit, and for another site’s deployment', async () => {
  const [site, other] = [await newSite(), await newSite()];
  const row = { siteId: site.id, cause: 'push' as const };
  const noCommit = await database.db.deployment.create({ data: { ...row, number: 1, status: 'failed' } });
  const built = await database.db.deployment.create({
    data: { ...row, number: 2, status: 'succeeded', commit: COMMIT },
  });
  const ask = (from: typeof site, deploymentId: string | null) =>
    requestRedeploy(database.db, from, { deploymentId, by: null });
  await expect(ask(site, noCommit.id)).rejects.toMatchObject({ code: 'no-earlier-release' });
  await expect(ask(site, null)).rejects.toMatchObject({ code: 'no-earlier-release' });
  await expect(ask(other, built.id)).rejects.toMatchObject({ code: 'no-earlier-release' });
  await database.db.deployment.create({ data: { ...row, number: 3, commit: COMMIT } });
  await expect(ask(site, built.id)).rejects.toMatchObject({ code: 'deployment-running' });
  expect(await jobs()).toEqual([]);
});

test('the list is read in pages, the newest first, each deployment once', async () => {
  const site = await newSite();
  const numbers = Array.from({ length: 65 }, (_, index) => index + 1);
  await database.db.deployment.createMany({
    data: numbers.map((number) => ({ siteId: site.id, number, cause: 'push' as const, status: 'failed' as const })),
  });
  const read: number[] = [];
  for (let before: number | null = null, pages = 1; pages <= 3; pages += 1) {
    const page = await listDeployments(database.db, site.id, before);
    read.push(...page.deployments.map(({ number }) => number));
    before = page.before;
    if (pages === 3) expect(before).toBe(null);
  }
  expect(read).toEqual(numbers.reverse());
});

test('a rollback is asked for by the release that it leads to, so that a job that is done twice leads there twice', async () => {
  const site = await newSite();
  const row = { siteId: site.id, cause: 'push' as const, status: 'succeeded' as const, kept: true };
  const [first, second] = [
    await database.db.deployment.create({ data: { ...row, number: 1 } }),
    await database.db.deployment.create({ data: { ...row, number: 2 } }),
  ];
  await database.db.deployment.create({ data: { ...row, number: 3, status: 'failed' } });
  const wish = { deploymentId: null, by: null };
  await requestRollback(database.db, { ...site, liveDeploymentId: second.id }, wish);
  expect(await jobs()).toEqual([{ payload: { siteId: site.id, deploymentId: first.id, by: null } }]);
  const from = { ...site, liveDeploymentId: first.id };
  await expect(requestRollback(database.db, from, wish)).rejects.toMatchObject({ code: 'no-earlier-release' });
});
