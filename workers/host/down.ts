// `npm run down`: stops everything the instance runs and takes its bridge, firewall and mounts away. Data stays.
// `npm run down -- --purge` deletes the data as well.

import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { parseSettings, type Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { withFileLock } from '../base/file-lock.ts';
import { exitWith, requireRoot } from './command.ts';
import { stopContainers } from './containers.ts';
import { removeBridge } from './engine.ts';
import { removeFirewall } from './firewall.ts';
import { removeGroups, thawGroups } from './groups.ts';
import { isHome, lockFile, requireHome } from './home.ts';
import { WORKERS } from './instance.ts';
import { releaseMounts } from './mounts.ts';
import { unmountPool } from './pool.ts';
import { endProcesses, groupProcesses } from './processes.ts';
import { createProgress, type Progress } from './progress.ts';
import { stopService, stopSupervisor } from './supervisor.ts';

const LOCK_TIMEOUT_MS = 3_600_000;

await exitWith(async () => {
  requireRoot('down');
  const settings = parseSettings(process.env);
  const progress = createProgress();
  const onWait = () => progress.say('Waiting for `npm run up` to end');
  const lock = { file: await lockFile(settings), timeoutMs: LOCK_TIMEOUT_MS, onWait };
  await withFileLock(lock, () => down(settings, progress, process.argv.includes('--purge')));
});

async function down(settings: Settings, progress: Progress, purge: boolean): Promise<void> {
  await requireHome(settings);
  if (purge) await requirePurgeable(settings);
  await progress.step('Web, proxy and workers', () => stopFront(settings));
  await progress.step('Containers', () => stopContainers(settings));
  await progress.step('Engine and PostgreSQL', async () => {
    await Promise.all([stopService(settings, 'engine', 30), stopService(settings, 'postgres', 30)]);
    await stopSupervisor(settings);
    await thawGroups(settings);
    await endProcesses(() => groupProcesses(settings), { signal: 'SIGTERM', graceMs: 3_000 });
  });
  await progress.step('Mounts, bridge and firewall', async () => {
    await releaseMounts(settings);
    await unmountPool(settings);
    await removeFirewall(settings);
    await removeBridge(settings);
    await removeGroups(settings);
  });
  if (purge) await progress.step('Data', () => deleteData(settings));
  progress.say(
    purge
      ? 'Lightkeeper is gone from this machine, but for its packages and the shared base filesystem.'
      : 'Lightkeeper is down; its data stays. Start it again with npm run up.',
  );
}

/** Visitors first, so that nobody starts what is about to end. */
async function stopFront(settings: Settings): Promise<void> {
  await Promise.all(['web', ...WORKERS].map((name) => stopService(settings, name, 12)));
  await stopService(settings, 'haproxy', 5);
  // The addresses in it are nobody's from now on.
  await rm(settings.paths.proxyMap, { force: true });
}

/** A mistyped directory must not cost anybody's files. */
async function requirePurgeable(settings: Settings): Promise<void> {
  const names = await readdir(settings.dataDir).catch(() => [] as string[]);
  if (names.length === 0 || (await isHome(settings))) return;
  throw new AppError('setting-invalid', {
    message: `${settings.dataDir} is not a data directory of the instance ${settings.instance}, so nothing is deleted.`,
    hint: 'Check LIGHTKEEPER_DATA_DIR and LIGHTKEEPER_INSTANCE; run `npm run up` once if they are right.',
  });
}

/** What is inside goes, what says whose it is last; the directory itself may be the operator's mount. */
async function deleteData(settings: Settings): Promise<void> {
  const names = await readdir(settings.dataDir).catch(() => [] as string[]);
  for (const name of names.sort((first, second) => Number(first === 'instance') - Number(second === 'instance'))) {
    await rm(path.join(settings.dataDir, name), { recursive: true, force: true });
  }
}
