// Following with a real database, git, host of repositories and s6: only the container and the proxy are stand-ins.

import { chmod, mkdir } from 'node:fs/promises';
import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitFiles, type GitHost, HOST_ADDRESS, openGitHost } from '../../e2e/setup/git-host.ts';
import { seedPlans } from '../../prisma/seed.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { freeNumber, type HostContainer, hasSupervisor, startHostContainer } from '../deploy/testing/host-container.ts';
import { parseSettings } from '../env.ts';
import { findMainCommit } from '../git/open-file.ts';
import { createStarter, initRepository } from '../git/repository.ts';
import { repositoryOf } from '../git/site.ts';
import { createSlots } from '../git/slots.ts';
import { createStand, type Stand } from '../git/test-stand.ts';
import { connectUpstream, requestFetch, viewUpstream } from './change.ts';
import type { FollowDeps } from './follow.ts';
import { createFollower } from './follower.ts';

let stand: Stand;
let host: GitHost;
let database: TestDatabase;
let container: HostContainer;
let deps: FollowDeps;
let siteId: string;
let repository: string;

beforeAll(async () => {
  if (!hasSupervisor) return;
  [stand, host, database, container] = await Promise.all([
    createStand(),
    openGitHost(),
    createTestDatabase(),
    startHostContainer(),
  ]);
  const settings = parseSettings({
    LIGHTKEEPER_DATA_DIR: stand.directory,
    LIGHTKEEPER_SECRET: 'x'.repeat(32),
    LIGHTKEEPER_IMPORT_ALLOW: `${HOST_ADDRESS}/32`,
    LIGHTKEEPER_DRAIN_SECONDS: '0',
  });
  const { db } = database;
  await runMigrations({ connectionString: database.url });
  await seedPlans(db);
  const data = {
    name: 'calm-reef-7',
    planName: 'guest',
    state: 'live',
    sshPort: 22_000,
    sealedPassword: '',
    sealedToken: '',
  } as const;
  siteId = (await db.site.create({ data })).id;
  repository = repositoryOf(settings.paths, siteId);
  await mkdir(repository, { recursive: true });
  await chmod(stand.directory, 0o755);
  await initRepository(repository, stand.deps.confinement.account);
  const commit = await createStarter(repository, stand.deps.confinement.account);
  const number = (await freeNumber()) - 1;
  await db.deployment.create({ data: { siteId, number, cause: 'launch', status: 'succeeded', commit } });
  await db.heartbeat.create({ data: { process: 'worker-1' } });
  deps = {
    ...{
      db,
      settings,
      engine: container.engine,
      log: stand.deps.log,
      runner: 'worker-1',
      base: 'test',
      git: stand.deps,
    },
    proxy: { setRoute: async () => {}, removeRoute: async () => {}, routes: async () => new Map() },
    unsettled: new Set(),
    builds: createSlots({ total: 2, perKey: 1, waitMs: 10_000, waitersMax: 10 }),
    wake: async () => {},
    checkpoint: async () => {},
  };
});
afterAll(async () => {
  if (!hasSupervisor) return;
  await container.remove();
  await Promise.all([host.close(), database.drop()]);
  await stand.close();
});

const upstream = () => database.db.upstream.findUniqueOrThrow({ where: { siteId } });
const newest = () => database.db.deployment.findFirstOrThrow({ where: { siteId }, orderBy: { number: 'desc' } });

async function follow(name: string) {
  await database.db.$transaction((tx) =>
    connectUpstream(tx, deps.settings, siteId, { url: host.url(name), branch: null }),
  );
  return settle();
}

async function settle() {
  const follower = createFollower(deps);
  await follower.look();
  await expect.poll(async () => (await upstream()).wantedAt, { timeout: 60_000 }).toBeNull();
  await follower.stop();
  return upstream();
}

test.skipIf(!hasSupervisor)(
  'a site takes a repository in place of the starter, follows it, and keeps what was committed here',
  async () => {
    const clone = await host.create('hello', { 'index.html': 'one' });
    const followed = await follow('hello');
    expect(followed.problem).toBeNull();
    expect(followed.commit).toBe(await findMainCommit(stand.deps, repository));
    const deployed = await newest();
    expect(deployed).toMatchObject({ cause: 'fetch', status: 'succeeded', subject: 'First' });
    expect(deployed.log).toMatch(/Fetching 127\.0\.0\.3[\s\S]*Deploying trunk at[\s\S]*Live:/);

    await requestFetch(database.db, siteId);
    expect((await settle()).problem).toBeNull();
    expect((await newest()).id).toBe(deployed.id);

    await commitFiles(clone, { 'index.html': 'two' }, 'Two');
    await requestFetch(database.db, siteId);
    const next = await settle();
    expect(next.commit).not.toBe(followed.commit);
    expect(await newest()).toMatchObject({ status: 'succeeded', subject: 'Two' });

    const absent = await follow('absent');
    expect(absent.problem).toMatch(/^There is no repository at/);
    expect(await newest()).toMatchObject({ cause: 'fetch', status: 'failed', problem: absent.problem });
    expect(await findMainCommit(stand.deps, repository)).toBe(next.commit);

    await host.create('other', { 'index.html': 'of somebody else' });
    expect((await follow('other')).problem).toMatch(/commits of its own/);
    expect(await findMainCommit(stand.deps, repository)).toBe(next.commit);

    const seen = viewUpstream(deps.settings, 'calm-reef-7', await upstream(), true);
    expect(seen.hook.secret).toMatch(/^lkhook_/);
    expect(viewUpstream(deps.settings, 'calm-reef-7', await upstream(), false).hook.secret).toBeNull();
  },
  180_000,
);
