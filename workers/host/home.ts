// One name, one data directory: two instances that shared either would pull each other's bridge, firewall and disks away.
// What `up` and `down` of an instance agree on lies in /run, which outlives neither a reboot nor the data.

import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { replaceFile } from './replace-file.ts';
import { isRunning } from './supervisor.ts';

const RUN_DIR = '/run/lightkeeper';

/** The lock that `up` and `down` of one instance take turns with. */
export async function lockFile(settings: Settings): Promise<string> {
  await mkdir(RUN_DIR, { recursive: true, mode: 0o755 });
  return path.join(RUN_DIR, `${settings.instance}.lock`);
}

/** Throws `setting-invalid` when name and data directory are not each other's. */
export async function requireHome(settings: Settings): Promise<void> {
  const { instance, dataDir } = settings;
  const owner = await readText(path.join(dataDir, 'instance'));
  if (owner && owner !== instance) {
    throw new AppError('setting-invalid', {
      message: `${dataDir} holds the data of the instance ${owner}, not of ${instance}.`,
      hint: `Set LIGHTKEEPER_INSTANCE=${owner}, or LIGHTKEEPER_DATA_DIR to another directory.`,
    });
  }
  const home = await readText(homeFile(settings));
  if (home && home !== dataDir && (await isRunning({ dataDir: home }))) {
    throw new AppError('setting-invalid', {
      message: `The instance ${instance} runs already, with its data in ${home}.`,
      hint: `Set LIGHTKEEPER_DATA_DIR=${home}, or LIGHTKEEPER_INSTANCE to another name.`,
    });
  }
}

/** Writes down on both sides that they belong together. */
export async function claimHome(settings: Settings): Promise<void> {
  await replaceFile(path.join(settings.dataDir, 'instance'), settings.instance, 0o644);
  await replaceFile(homeFile(settings), settings.dataDir, 0o644);
}

/** Whether the directory is this instance's: only such a one is purged. */
export async function isHome(settings: Settings): Promise<boolean> {
  return (await readText(path.join(settings.dataDir, 'instance'))) === settings.instance;
}

function homeFile(settings: Settings): string {
  return path.join(RUN_DIR, `${settings.instance}.home`);
}

async function readText(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim(); // Absent: nobody's yet.
}
