// Builds the web app when its sources changed, and puts the standalone server where an unprivileged user may read it.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { withFileLock } from '../base/file-lock.ts';
import { copyReadable, readVersion } from './copy-readable.ts';
import { runCommand } from './run-command.ts';
import { PROJECT_DIR } from './runtime.ts';
import { hashSources } from './sources.ts';

const SOURCES = [
  'app',
  'lib',
  'public',
  'prisma',
  'instrumentation.ts',
  'proxy.ts',
  'next.config.ts',
  'postcss.config.mjs',
  'tsconfig.json',
  'package-lock.json',
];
const BUILD_TIMEOUT_MS = 600_000;

export function webDir(settings: Settings): string {
  return path.join(settings.paths.runtime, 'web');
}

/** Answers whether a new build was put in place. */
export async function ensureWebBuild(settings: Settings, progress: (line: string) => void): Promise<boolean> {
  const wanted = await hashSources(PROJECT_DIR, SOURCES);
  const target = webDir(settings);
  if ((await readVersion(target)) === wanted) return false;
  const output = path.join(PROJECT_DIR, '.next');
  await mkdir(output, { recursive: true });
  const lock = {
    file: path.join(output, 'lightkeeper.lock'),
    timeoutMs: BUILD_TIMEOUT_MS,
    onWait: () => progress('waiting for another build'),
  };
  await withFileLock(lock, async () => {
    const built = path.join(output, 'standalone');
    if ((await readVersion(built)) !== wanted) {
      progress('building (about half a minute)');
      await rm(path.join(built, 'version'), { force: true }); // A build that is killed is not taken for whole.
      await build(progress);
      await writeFile(path.join(built, 'version'), wanted);
    }
    const parts = [
      { from: built, to: '.' },
      { from: path.join(output, 'static'), to: '.next/static' },
      { from: path.join(PROJECT_DIR, 'public'), to: 'public' },
    ];
    await copyReadable(parts, target, wanted);
  });
  return true;
}

async function build(progress: (line: string) => void): Promise<void> {
  const env = {
    PATH: `${path.join(PROJECT_DIR, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: 'production',
    NODE_OPTIONS: '--max-old-space-size=2048',
  };
  const options = { cwd: PROJECT_DIR, env, timeoutMs: BUILD_TIMEOUT_MS, onLine: progress };
  // Next refuses to build while another build runs: one that lost its `up` must end with it.
  const next = [process.execPath, path.join(PROJECT_DIR, 'node_modules/next/dist/bin/next'), 'build'];
  await runCommand('setpriv', ['--pdeathsig', 'TERM', '--', ...next], options);
}
