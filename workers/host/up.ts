// `npm run up`: from a bare machine to a site that answers. Every step is safe to repeat, and quick when it is done.

import { chmod, chown, mkdir } from 'node:fs/promises';
import { migrate } from '#lib/db/migrate.ts';
import { parseSettings, type Settings } from '#lib/env.ts';
import { ensureBase } from '../base/build.ts';
import { withFileLock } from '../base/file-lock.ts';
import { untilDatabase, untilEngine, untilOpen, untilSites } from './answers.ts';
import { exitWith, requireRoot } from './command.ts';
import { engineCommand, ensureBridge, ensureRemapUser, prepareEngineHost } from './engine.ts';
import { ensureFirewall } from './firewall.ts';
import { claimHome, lockFile } from './home.ts';
import {
  clusterPlace,
  compileWorkers,
  engineService,
  expectedServices,
  hashCode,
  postgresService,
  proxyService,
  WORKERS,
  webService,
  workerService,
} from './instance.ts';
import { ensurePackages } from './packages.ts';
import { ensurePool } from './pool.ts';
import { ensureCluster } from './postgres.ts';
import { checkMachine, checkSettings } from './preflight.ts';
import { createProgress, type Progress } from './progress.ts';
import { ensureRuntime } from './runtime.ts';
import { ensureSecrets, type Secrets } from './secrets.ts';
import { seed } from './seed.ts';
import type { Service } from './services.ts';
import { ensureService, ensureSupervisor, findServiceUp, retireServices } from './supervisor.ts';
import { ensureSysctls } from './sysctls.ts';
import { ensureUsers, type SystemUser } from './users.ts';
import { givenVariables, writeVariables } from './variables.ts';
import { ensureWebBuild } from './web-build.ts';

/** A first `up` on a slow machine takes minutes; the second waits for it. */
const LOCK_TIMEOUT_MS = 3_600_000;

await exitWith(async () => {
  requireRoot('up');
  process.umask(0o022);
  const settings = parseSettings(process.env);
  checkSettings(settings);
  const progress = createProgress();
  await progress.step('Packages', (detail) => ensurePackages(detail));
  const onWait = () => progress.say('Waiting for another `npm run up` or `npm run down`');
  const lock = { file: await lockFile(settings), timeoutMs: LOCK_TIMEOUT_MS, onWait };
  const secrets = await withFileLock(lock, () => up(settings, progress));
  report(settings, secrets, process.argv.includes('--json'));
});

async function up(settings: Settings, progress: Progress): Promise<Secrets> {
  await checkMachine(settings);
  await makeDirectories(settings);
  const users = await ensureUsers();
  const secrets = await ensureSecrets(settings);
  const rootUid = await ensureRemapUser();
  await closeMounts(settings, rootUid);
  const [baseDir, webChanged] = await Promise.all([
    progress.step('Base filesystem', (detail) => ensureBase(settings, detail)),
    progress.step('Web app', (detail) => ensureWebBuild(settings, detail)),
    ensureRuntime(settings).then(() => compileWorkers(settings)),
  ]);
  const pool = await progress.step('Pool for the disks', (detail) => ensurePool(settings, detail));
  await ensureSupervisor(settings);
  await writeVariables(settings, 'host', givenVariables(process.env));
  const databaseUrl = await progress.step('PostgreSQL', () => startDatabase(settings, users['lightkeeper-postgres']));
  const variables = {
    ...givenVariables(process.env),
    DATABASE_URL: databaseUrl,
    LIGHTKEEPER_SECRET: secrets.secret,
    LIGHTKEEPER_ADMIN_SECRET: secrets.adminSecret,
    LIGHTKEEPER_METRICS_TOKEN: secrets.metricsToken,
    LIGHTKEEPER_DISK: pool.kind,
    LIGHTKEEPER_BASE_DIR: baseDir,
    LIGHTKEEPER_ROOT_UID: String(rootUid),
    LIGHTKEEPER_GIT_IDS: `${users['lightkeeper-git'].uid}:${users['lightkeeper-git'].gid}`,
  };
  const revisions = {
    workers: await writeVariables(settings, 'workers', variables),
    web: await writeVariables(settings, 'web', variables),
    code: await hashCode(),
  };
  await progress.step('Container engine', () => startEngine(settings));
  await progress.step('Services', async () => {
    await retireServices(settings, expectedServices(settings));
    const isOurs = ({ name }: Service) => !settings.elsewhere.includes(name);
    const proxy = await proxyService(settings);
    const web = webService(settings, revisions);
    if (isOurs(proxy)) await ensureService(settings, proxy);
    await Promise.all([
      ...WORKERS.map((name) => ensureService(settings, workerService(settings, name, revisions))),
      ...(isOurs(web) ? [ensureService(settings, web, { restart: webChanged })] : []),
    ]);
    if (settings.elsewhere.length === 0) await untilOpen(settings);
  });
  if (settings.elsewhere.length === 0) {
    await progress.step('Sites', (detail) => untilSites(settings, databaseUrl, detail));
  }
  return secrets;
}

/** Passed by processes with users of their own, listed by root alone. Logs are root's: they tell of every site. */
async function makeDirectories(settings: Settings): Promise<void> {
  for (const dir of [settings.dataDir, settings.paths.run]) {
    await mkdir(dir, { recursive: true });
    await chmod(dir, 0o711);
  }
  await mkdir(settings.paths.log, { recursive: true });
  await chmod(settings.paths.log, 0o700);
  await claimHome(settings);
}

/** The sites' files are passed by their containers' root alone: not by the web app, which knows every site's id. */
async function closeMounts({ paths }: Settings, rootUid: number): Promise<void> {
  await mkdir(paths.mounts, { recursive: true });
  await chown(paths.mounts, 0, rootUid);
  await chmod(paths.mounts, 0o710);
}

async function startDatabase(settings: Settings, user: SystemUser): Promise<string> {
  let url = settings.databaseUrl;
  if (!url) {
    const cluster = { ...clusterPlace(settings), user };
    ({ url } = await ensureCluster(cluster));
    await ensureService(settings, postgresService(settings, cluster));
  }
  await untilDatabase(url);
  await migrate(url);
  await seed(url);
  return url;
}

/** Bridge, then firewall and the kernel's ceilings, then engine: no container ever runs without them. */
async function startEngine(settings: Settings): Promise<void> {
  if (await findServiceUp(settings, 'engine')) await ensureBridge(settings);
  else await prepareEngineHost(settings);
  await ensureFirewall(settings);
  await ensureSysctls();
  if (!settings.dockerHost) await ensureService(settings, engineService(settings, await engineCommand(settings)));
  await untilEngine(settings);
}

function report(settings: Settings, secrets: Secrets, json: boolean): void {
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
