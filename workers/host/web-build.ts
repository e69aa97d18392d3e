// Builds the web app when its sources changed, and puts the standalone server where an unprivileged user may read it.

import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { withFileLock } from '../base/file-lock.ts';
import { runCommand } from './run-command.ts';
import { PROJECT_DIR } from './runtime.ts';

const SOURCES = [
  'app',
  'lib',
  'public',
  'prisma',
  'proxy.ts',
  'middleware.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'package-lock.json',
];

export function webDir(settings: Settings): string {
  return path.join(settings.paths.runtime, 'web');
}

/** Answers whether a new build was put in place. */
export async function ensureWebBuild(settings: Settings, progress: (line: string) => void): Promise<boolean> {
  const wanted = await hashSources();
  const target = webDir(settings);
  if ((await readStamp(target)) === wanted) return false;
  const output = path.join(PROJECT_DIR, '.next');
  await mkdir(output, { recursive: true });
  const lock = {
    file: path.join(PROJECT_DIR, '.next/lightkeeper.lock'),
    timeoutMs: 600_000,
    onWait: () => progress('Waiting for another build'),
  };
  await withFileLock(lock, async () => {
    if ((await readStamp(path.join(output, 'standalone'))) !== wanted) {
      progress('Building the web app (about half a minute)');
      await build(progress);
      await writeFile(path.join(output, 'standalone/stamp'), wanted);
    }
    await install(output, target);
  });
  return true;
}

async function build(progress: (line: string) => void): Promise<void> {
  const bin = path.join(PROJECT_DIR, 'node_modules/.bin');
  const env = {
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
    NODE_OPTIONS: '--max-old-space-size=2048',
  };
  const options = { cwd: PROJECT_DIR, env, timeoutMs: 600_000, onLine: progress };
  await runCommand(process.execPath, [path.join(PROJECT_DIR, 'node_modules/next/dist/bin/next'), 'build'], options);
}

async function install(output: string, target: string): Promise<void> {
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await cp(path.join(output, 'standalone'), fresh, { recursive: true, verbatimSymlinks: true });
  await cp(path.join(output, 'static'), path.join(fresh, '.next/static'), { recursive: true });
  await cp(path.join(PROJECT_DIR, 'public'), path.join(fresh, 'public'), { recursive: true });
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

async function readStamp(dir: string): Promise<string> {
  return readFile(path.join(dir, 'stamp'), 'utf8').catch(() => '');
}

/** Of names and contents, so that a second `up` knows within milliseconds that nothing changed. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of await filesUnder(path.join(PROJECT_DIR, source))) {
      hash.update(path.relative(PROJECT_DIR, file)).update('\0');
      hash.update(await readFile(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

async function filesUnder(place: string): Promise<string[]> {
  const found = await stat(place).catch(() => null);
  if (!found) return [];
  if (found.isFile()) return /\.test\.tsx?$/.test(place) ? [] : [place];
  const entries = await readdir(place);
  const lists = await Promise.all(entries.sort().map((entry) => filesUnder(path.join(place, entry))));
  return lists.flat();
}
