// `npm run down`: stops everything the instance runs and takes its bridge, firewall and mounts away. Data stays.
// `npm run down -- --purge` deletes the data as well.

import { readdir, rm } from 'node:fs/promises';
import { parseSettings, type Settings } from '#lib/env.ts';
import { exitWith } from './command.ts';
import { stopContainers } from './containers.ts';
import { removeBridge } from './engine.ts';
import { removeFirewall } from './firewall.ts';
import { removeGroups } from './groups.ts';
import { WORKERS } from './instance.ts';
import { releaseMounts } from './mounts.ts';
import { unmountPool } from './pool.ts';
import { createProgress } from './progress.ts';
import { stopService, stopSupervisor } from './supervisor.ts';

const settings = parseSettings(process.env);
const purge = process.argv.includes('--purge');

await exitWith(async () => {
  const progress = createProgress();
  await progress.step('Web, proxy and workers', () => stopFront(settings));
  await progress.step('Containers', () => stopContainers(settings));
  await progress.step('Engine and PostgreSQL', async () => {
    await stopService(settings, 'engine', 30);
    await stopService(settings, 'postgres', 30);
    await stopSupervisor(settings);
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
});

/** Visitors first, so that nobody starts what is about to end. */
async function stopFront(settings: Settings): Promise<void> {
  await Promise.all(['web', 'git-http', 'ssh'].map((name) => stopService(settings, name, 12)));
  await Promise.all(WORKERS.map((name) => stopService(settings, name, 12)));
  await stopService(settings, 'haproxy', 5);
}

/** What is inside goes; the directory itself may be the operator's mount. */
async function deleteData(settings: Settings): Promise<void> {
  for (const name of await readdir(settings.dataDir).catch(() => [] as string[])) {
    await rm(`${settings.dataDir}/${name}`, { recursive: true, force: true });
  }
}
