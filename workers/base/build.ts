// Makes the base filesystem that all sites share, once a machine and recipe. It is built beside its place and renamed
// into it, so a base that has its name is whole; what a killed build left is swept. Refuses nothing but a failed build.

import { chmod, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { ensureRemapUser } from '../host/engine.ts';
import { CommandError, runCommand } from '../host/run-command.ts';
import { runBuildStep } from './build-step.ts';
import { isLocked, withFileLock } from './file-lock.ts';
import { planMirrors } from './mirrors.ts';
import { baseName, type HostFacts, mmdebstrapArguments, npmArguments, planRecipe, type Recipe } from './recipe.ts';
import { shiftOwners } from './shift-owners.ts';

const CERTIFICATES_DIR = '/usr/local/share/ca-certificates';
const MMDEBSTRAP_TIMEOUT_MS = 30 * 60_000;
const NPM_TIMEOUT_MS = 5 * 60_000;
const LOCK_TIMEOUT_MS = 45 * 60_000;

type Progress = (line: string) => void;

/**
 * Answers the directory of the base for this machine, and builds it first if it is not there (one to five minutes, about
 * 450 MB). Two instances that ask at once build one. Throws `setup-failed`.
 */
export async function ensureBase(settings: Settings, progress: Progress): Promise<string> {
  const recipe = planRecipe(await readHostFacts());
  const base = path.join(settings.cacheDir, baseName(recipe));
  const lock = path.join(settings.cacheDir, 'build.lock');
  if ((await exists(base)) && ((await findLeftovers(settings.cacheDir)).length === 0 || (await isLocked(lock))))
    return base;
  await mkdir(settings.cacheDir, { recursive: true, mode: 0o755 });
  await withFileLock({ file: lock, timeoutMs: LOCK_TIMEOUT_MS, onWait: () => progress(WAITING) }, async () => {
    await sweepLeftovers(settings.cacheDir);
    if (await exists(base)) return;
    const stage = `${base}.building-${process.pid}`;
    await buildInto(stage, recipe, progress);
    await runCommand('sync', ['--file-system', stage], { timeoutMs: 120_000 });
    await rename(stage, base);
    await rm(`${stage}.lock`, { force: true });
  });
  return base;
}

const WAITING = 'another instance is building the base filesystem; waiting for it';

async function buildInto(stage: string, recipe: Recipe, progress: Progress): Promise<void> {
  try {
    progress(`installing Debian ${recipe.suite} with ${recipe.packages.length} packages (one to five minutes)`);
    // The lock tells a later build that this one's installer still runs, even if the builder was killed; the mount
    // namespace takes the installer's /proc and /sys with it when it ends.
    const wrapper = ['--no-fork', `${stage}.lock`, 'unshare', '--mount', '--propagation', 'private', 'mmdebstrap'];
    const timeoutMs = MMDEBSTRAP_TIMEOUT_MS;
    await runBuildStep('flock', [...wrapper, ...mmdebstrapArguments(recipe, stage)], { timeoutMs, onLine: progress });
    progress(`installing npm ${recipe.npmVersion}`);
    await runBuildStep('npm', npmArguments(recipe, stage), { timeoutMs: NPM_TIMEOUT_MS, onLine: progress });
    progress('writing settings and certificates');
    await trustCertificates(stage, recipe);
    await writeFiles(stage, recipe);
    progress(`handing the files to the containers' root (${recipe.subIdOffset})`);
    await shiftOwners(stage, recipe.subIdOffset);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new AppError('setup-failed', {
      message: `The base filesystem could not be built: ${error.message}`,
      hint: 'Check that the Debian mirror in /etc/apt and the npm registry can be reached from here, then run the same command again.',
      cause: error,
    });
  }
}

async function writeFiles(stage: string, recipe: Recipe): Promise<void> {
  // The installer's device nodes: a container has its own.
  for (const name of await readdir(path.join(stage, 'dev'))) {
    await rm(path.join(stage, 'dev', name), { recursive: true, force: true });
  }
  await mkdir(path.join(stage, 'app'), { mode: 0o755 });
  for (const { path: target, mode, content } of recipe.files) {
    await rm(path.join(stage, target), { force: true });
    await writeFile(path.join(stage, target), content);
    await chmod(path.join(stage, target), mode);
  }
  // ping's capability does not survive the change of owner; set-user-id does the same in a user namespace.
  await chmod(path.join(stage, 'usr/bin/ping'), 0o4755);
}

async function trustCertificates(stage: string, recipe: Recipe): Promise<void> {
  const certificates = Object.entries(recipe.certificates);
  for (const [name, content] of certificates) {
    await writeFile(path.join(stage, CERTIFICATES_DIR, name), content, { mode: 0o644 });
  }
  if (certificates.length > 0) await runCommand('chroot', [stage, 'update-ca-certificates']);
}

/** Removes what killed builds left, except where the installer of one still runs. */
async function sweepLeftovers(cacheDir: string): Promise<void> {
  for (const stage of await findLeftovers(cacheDir)) {
    if (await isLocked(`${stage}.lock`)) continue;
    await runCommand('rm', ['--recursive', '--force', '--one-file-system', '--', stage], { timeoutMs: 120_000 });
    await rm(`${stage}.lock`, { force: true });
  }
}

async function findLeftovers(cacheDir: string): Promise<string[]> {
  const names = (await readNames(cacheDir)).map(
    (name) => /^(base-[0-9a-f]{16}\.building-\d+)(\.lock)?$/.exec(name)?.[1],
  );
  return [...new Set(names)].flatMap((name) => (name ? [path.join(cacheDir, name)] : []));
}

async function readHostFacts(): Promise<HostFacts> {
  const { stdout } = await runCommand('dpkg', ['--print-architecture']);
  const sources: Record<string, string> = { 'sources.list': await readText('/etc/apt/sources.list') };
  for (const name of await readNames('/etc/apt/sources.list.d')) {
    if (/\.(list|sources)$/.test(name)) sources[name] = await readText(`/etc/apt/sources.list.d/${name}`);
  }
  const certificates: Record<string, string> = {};
  for (const name of await readNames(CERTIFICATES_DIR)) {
    if (/^[\w.-]+\.crt$/.test(name)) certificates[name] = await readText(path.join(CERTIFICATES_DIR, name));
  }
  const subIdOffset = await ensureRemapUser();
  return { architecture: stdout.trim(), mirrors: planMirrors(sources), certificates, subIdOffset };
}

async function readNames(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(emptyIfAbsent<string[]>([]))).sort();
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(emptyIfAbsent(''));
}

function emptyIfAbsent<T>(empty: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return empty;
    throw error;
  };
}

async function exists(file: string): Promise<boolean> {
  return lstat(file).then(() => true, emptyIfAbsent(false));
}
