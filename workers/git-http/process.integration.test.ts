import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seal } from '#lib/auth/seal.ts';
import { createTestDatabase, type TestDatabase } from '#lib/db/test-database.ts';
import { removeCgroup } from '#lib/git/cgroup.ts';
import { createStarter, initRepository } from '#lib/git/repository.ts';
import { createStand, type Stand } from '#lib/git/test-stand.ts';
import { seedPlans } from '../../prisma/seed.ts';

const ID = crypto.randomUUID();
const SECRET = 's'.repeat(40);
const TOKEN = 'token-of-calm-bay';
let stand: Stand;
let database: TestDatabase;

beforeAll(async () => {
  [stand, database] = await Promise.all([createStand(), createTestDatabase()]);
  const repository = path.join(stand.directory, 'pool/sites', ID, 'git');
  await mkdir(repository, { recursive: true });
  await initRepository(repository, stand.deps.confinement.account);
  await createStarter(repository, stand.deps.confinement.account);
  await cp('workers/git-hooks', path.join(stand.directory, 'runtime/git-hooks'), { recursive: true });
  await chmod(path.join(stand.directory, 'runtime/git-hooks'), 0o755);
  await seedPlans(database.db);
  const plan = await database.db.plan.findFirstOrThrow();
  const sealed = seal(SECRET, TOKEN);
  await database.db.site.create({
    data: {
      id: ID,
      name: 'calm-bay',
      planName: plan.name,
      state: 'live',
      sshPort: 22_000,
      sealedPassword: sealed,
      sealedToken: sealed,
    },
  });
});

afterAll(async () => {
  await stand.close();
  await database.drop();
  for (const kind of ['git', 'history']) await removeCgroup(`lightkeeper-gitproc-${kind}`);
});

async function start() {
  const env = {
    PATH: '/usr/bin:/bin',
    LIGHTKEEPER_INSTANCE: 'gitproc',
    LIGHTKEEPER_DATA_DIR: stand.directory,
    LIGHTKEEPER_SECRET: SECRET,
    DATABASE_URL: database.url,
  } as unknown as NodeJS.ProcessEnv;
  const worker = spawn(process.execPath, ['workers/git-http.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of worker.stdout) if (String(line).includes('started')) break;
  return worker;
}

async function get(
  socketPath: string,
  url: string,
  token?: string,
): Promise<{ status: number | undefined; body: string }> {
  const headers = token ? { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` } : {};
  const asked = request({ socketPath, path: url, headers, timeout: 10_000 });
  asked.end();
  const [answer] = await once(asked, 'response');
  return { status: answer.statusCode, body: await text(answer) };
}

test('the process serves a site of the database, comes back after a kill, and ends at TERM', async () => {
  const socket = path.join(stand.directory, 'run/git.sock');
  const refs = '/calm-bay.git/info/refs?service=git-receive-pack';
  const killed = await start();
  expect((await get(socket, refs, TOKEN)).body).toContain('refs/heads/main');
  killed.kill('SIGKILL');
  await once(killed, 'exit');

  const worker = await start();
  expect((await get(socket, refs, TOKEN)).body).toContain('refs/heads/main');
  expect(await get(socket, refs, 'wrong')).toMatchObject({ status: 401 });
  expect(await get(socket, '/other-bay.git/info/refs?service=git-receive-pack', TOKEN)).toMatchObject({ status: 401 });
  await database.db.site.update({ where: { id: ID }, data: { state: 'deleting' } });
  expect(await get(socket, refs, TOKEN)).toMatchObject({ status: 409, body: expect.stringContaining('being deleted') });
  const history = path.join(stand.directory, 'run/history/git.sock');
  expect((await stat(history)).mode & 0o777).toBe(0o660);
  expect((await get(history, `/sites/${ID}/commits`)).body).toContain('Start with a greeting');
  worker.kill('SIGTERM');
  expect(await once(worker, 'exit')).toEqual([0, null]);
});
