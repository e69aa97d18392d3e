// `npm run up`: from a bare machine to a site that answers. Every step is safe to repeat, and quick when it is done.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { migrate } from '#lib/db/migrate.ts';
import { parseSettings, type Settings } from '#lib/env.ts';
import { ensureBase } from '../base/build.ts';
import { withFileLock } from '../base/file-lock.ts';
import { untilDatabase, untilEngine, untilReadySite, untilWeb } from './answers.ts';
import { exitWith } from './command.ts';
import { engineCommand, ensureRemapUser, prepareEngineHost } from './engine.ts';
import { ensureFirewall } from './firewall.ts';
import { envDir, proxyService, WORKERS, webService, workerService, writeEnv, writeProxyConfig } from './instance.ts';
import { ensurePackages } from './packages.ts';
import { ensurePool } from './pool.ts';
import { type Cluster, ensureCluster, postgresCommand } from './postgres.ts';
import { createProgress, type Progress } from './progress.ts';
import { ensureRuntime } from './runtime.ts';
import { ensureSecrets, type Secrets } from './secrets.ts';
import { seed } from './seed.ts';
import { ensureService, ensureSupervisor, findServiceUp } from './supervisor.ts';
import { ensureUsers } from './users.ts';
import { ensureWebBuild } from './web-build.ts';

const settings = parseSettings(process.env);
const json = process.argv.includes('--json');

await exitWith(async () => {
  if (process.getuid?.() !== 0) throw new Error('Set-up makes disks, bridges and containers: run it as root.');
  const progress = createProgress();
  await mkdir(settings.dataDir, { recursive: true, mode: 0o755 });
  const lock = {
    file: path.join(settings.dataDir, 'up.lock'),
    timeoutMs: 3_600_000,
    onWait: () => progress.say('Waiting for another `npm run up`'),
  };
  await progress.step('Packages', (detail) => ensurePackages(detail));
  const secrets = await withFileLock(lock, () => up(settings, progress));
  report(settings, secrets);
});

async function up(settings: Settings, progress: Progress): Promise<Secrets> {
  for (const dir of [settings.paths.run, settings.paths.log]) await mkdir(dir, { recursive: true, mode: 0o755 });
  const users = await ensureUsers();
  const secrets = await ensureSecrets(settings);
  const rootUid = await ensureRemapUser();
  const [baseDir, webChanged] = await Promise.all([
    progress.step('Base filesystem', (detail) => ensureBase(settings, detail)),
    progress.step('Web app', (detail) => ensureWebBuild(settings, detail)),
    ensureRuntime(settings),
  ]);
  const pool = await progress.step('Pool for the disks', (detail) => ensurePool(settings, detail));
  await ensureSupervisor(settings);
  const databaseUrl = await progress.step('PostgreSQL', () => startDatabase(settings, users['lightkeeper-postgres']));
  await writeEnv(settings, {
    DATABASE_URL: databaseUrl,
    LIGHTKEEPER_SECRET: secrets.secret,
    LIGHTKEEPER_ADMIN_SECRET: secrets.adminSecret,
    LIGHTKEEPER_DISK: pool.kind,
    LIGHTKEEPER_BASE_DIR: baseDir,
    LIGHTKEEPER_ROOT_UID: String(rootUid),
    LIGHTKEEPER_GIT_IDS: `${users['lightkeeper-git'].uid}:${users['lightkeeper-git'].gid}`,
  });
  await progress.step('Container engine', () => startEngine(settings));
  await progress.step('Services', async () => {
    await ensureService(settings, proxyService(settings, await writeProxyConfig(settings)));
    for (const name of WORKERS) await ensureService(settings, workerService(settings, name));
    await ensureService(settings, webService(settings), { restart: webChanged });
    await untilWeb(settings);
  });
  await progress.step('First site', (detail) => untilReadySite(settings, databaseUrl, detail));
  return secrets;
}

async function startDatabase(settings: Settings, user: Cluster['user']): Promise<string> {
  let url = settings.databaseUrl;
  if (!url) {
    const cluster = {
      dir: path.join(settings.dataDir, 'postgres'),
      socketDir: path.join(settings.paths.run, 'postgres'),
      user,
    };
    ({ url } = await ensureCluster(cluster));
    await mkdir(envDir(settings), { recursive: true, mode: 0o700 });
    const command = postgresCommand(cluster);
    const service = { name: 'postgres', command, user: user.name, workingDir: cluster.dir, envDir: envDir(settings) };
    await ensureService(settings, { ...service, stopSignal: 'SIGINT' });
  }
  await untilDatabase(url);
  await migrate(url);
  await seed(url);
  return url;
}

/** Bridge, then firewall, then engine: no container ever runs without the rules. */
async function startEngine(settings: Settings): Promise<void> {
  const isUp = await findServiceUp(settings, 'engine');
  const command = isUp ? await engineCommand(settings) : await prepareEngineHost(settings);
  await ensureFirewall(settings);
  if (!settings.dockerHost) {
    await ensureService(settings, { name: 'engine', command, user: null, workingDir: '/', envDir: envDir(settings) });
  }
  await untilEngine(settings);
}

function report(settings: Settings, secrets: Secrets): void {
  if (json) {
    const { appUrl, httpPort, sshGatewayPort, sshPorts, dataDir } = settings;
    process.stdout.write(
      `${JSON.stringify({ appUrl, httpPort, sshGatewayPort, sshPorts, dataDir, adminSecret: secrets.adminSecret })}\n`,
    );
    return;
  }
  process.stdout.write(`
Lightkeeper is up: ${settings.appUrl}

  Open it and press the button, or:  curl -X POST ${settings.appUrl}/api/sites
  Admin: ${settings.appUrl}/admin  with the secret  ${secrets.adminSecret}
  Stop: npm run down    State: npm run doctor
`);
}
