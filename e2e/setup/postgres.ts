// One real PostgreSQL for the integration tier, in a directory of its own that goes with the run.

import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '#lib/db/migrate.ts';
import { ensureCluster, postgresCommand } from '#workers/host/postgres.ts';
import { ensureUsers } from '#workers/host/users.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const user = (await ensureUsers())['lightkeeper-postgres'];
  const dir = await mkdtemp('/tmp/lightkeeper-test-postgres-');
  await chmod(dir, 0o755);
  const cluster = { dir, socketDir: path.join(dir, 'socket'), user };
  const { url } = await ensureCluster(cluster);
  const [file = '', ...args] = postgresCommand(cluster);
  const server = spawn(file, [...args, '-c', 'fsync=off'], { uid: user.uid, gid: user.gid, cwd: dir, stdio: 'ignore' });
  const ended = new Promise((resolve) => server.on('exit', resolve));
  await untilAnswers(url);
  await migrate(url);
  project.provide('databaseUrl', url);
  return async () => {
    server.kill('SIGINT');
    await ended;
    await rm(dir, { recursive: true, force: true });
  };
}

async function untilAnswers(url: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const client = new Client({ connectionString: url });
    const answered = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => {});
    if (answered) return;
    if (Date.now() > deadline) throw new Error('the test PostgreSQL does not answer');
    await sleep(50);
  }
}
