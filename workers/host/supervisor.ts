// The instance's s6-svscan and what it supervises. `up` and `down` steer it; nothing else starts or ends processes.

import { spawn } from 'node:child_process';
import { chmod, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '#lib/env.ts';
import { HOST_PATH, runCommand } from './run-command.ts';
import { renderFinish, renderLogRun, renderRun, type Service } from './services.ts';

export interface ServiceState {
  name: string;
  up: boolean;
  pid: number | null;
  /** Since it came up or went down. */
  seconds: number;
}

export function serviceDir(settings: Settings): string {
  return path.join(settings.dataDir, 'service');
}

/** Starts s6-svscan when it does not run. It outlives us. */
export async function ensureSupervisor(settings: Settings): Promise<void> {
  const dir = serviceDir(settings);
  await mkdir(dir, { recursive: true });
  if (await isRunning(settings)) return;
  const log = await open(path.join(settings.paths.log, 'supervisor.log'), 'a');
  const child = spawn('s6-svscan', ['-t0', dir], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { PATH: HOST_PATH, LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv,
    cwd: '/',
  });
  child.unref();
  await log.close();
  await until(() => isRunning(settings), 5_000, 's6-svscan does not start');
}

export async function isRunning(settings: Settings): Promise<boolean> {
  const { exitCode } = await runCommand('s6-svscanctl', ['-a', serviceDir(settings)], { allow: [100, 111] });
  return exitCode === 0;
}

/** Writes a service and starts it; one that runs with the same script is left alone, a changed one is restarted. */
export async function ensureService(settings: Settings, service: Service, options = { restart: false }): Promise<void> {
  const dir = path.join(serviceDir(settings), service.name);
  const mark = service.name === 'engine' ? '' : serviceMark(settings, service.name);
  const changed = await writeScripts(settings, dir, service, mark);
  const before = await findState(settings, service.name);
  if (!before) await supervise(settings, dir);
  if (!before?.up) await killOrphans(mark);
  await runCommand('s6-svc', ['-u', dir]);
  if ((changed || options.restart) && before?.up) await runCommand('s6-svc', ['-r', dir]);
}

export async function findServiceUp(settings: Settings, name: string): Promise<boolean> {
  return (await findState(settings, name))?.up ?? false;
}

/** Stops one service and waits for its end; killed after the grace. Absent is no error. */
export async function stopService(settings: Settings, name: string, graceSeconds: number): Promise<void> {
  const dir = path.join(serviceDir(settings), name);
  if (!(await findState(settings, name))) return;
  await runCommand('s6-svc', ['-d', dir]);
  const ended = async () => !(await findState(settings, name))?.up;
  await until(ended, graceSeconds * 1000, '').catch(async () => {
    await runCommand('s6-svc', ['-k', dir]);
    await until(ended, 10_000, `${name} does not end`);
  });
}

/** Ends s6-svscan and all supervision, and whatever a crashed supervisor left of our processes. */
export async function stopSupervisor(settings: Settings): Promise<void> {
  if (await isRunning(settings)) {
    await runCommand('s6-svscanctl', ['-t', serviceDir(settings)], { allow: [100, 111] });
    await until(async () => !(await isRunning(settings)), 20_000, 's6-svscan does not end');
  }
  await killOrphans(serviceMark(settings, ''));
  await rm(serviceDir(settings), { recursive: true, force: true });
}

export async function serviceStates(settings: Settings): Promise<ServiceState[]> {
  const names = await readdir(serviceDir(settings)).catch(() => [] as string[]);
  const states = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => findState(settings, name)),
  );
  return states.filter((state) => state !== null);
}

async function findState(settings: Settings, name: string): Promise<ServiceState | null> {
  const dir = path.join(serviceDir(settings), name);
  const answer = await runCommand('s6-svstat', ['-o', 'up,pid,updownfor', dir], { allow: [1, 100, 111] });
  const [up, pid, seconds] = answer.stdout.trim().split(/\s+/);
  if (answer.exitCode !== 0 || up === undefined) return null;
  return { name, up: up === 'true', pid: Number(pid) > 0 ? Number(pid) : null, seconds: Number(seconds) };
}

async function writeScripts(settings: Settings, dir: string, service: Service, mark: string): Promise<boolean> {
  const logDir = path.join(settings.paths.log, service.name);
  await mkdir(path.join(dir, 'log'), { recursive: true });
  await mkdir(logDir, { recursive: true });
  const run = renderRun(service, mark);
  const changed = (await readFile(path.join(dir, 'run'), 'utf8').catch(() => '')) !== run;
  const files: [string, string, number][] = [
    ['run', run, 0o700],
    ['finish', renderFinish(), 0o700],
    ['timeout-finish', '0\n', 0o600],
    ['timeout-kill', '30000\n', 0o600],
    ['down-signal', `${service.stopSignal ?? 'SIGTERM'}\n`, 0o600],
    ['log/run', renderLogRun(logDir), 0o700],
  ];
  for (const [name, text, mode] of files) {
    await writeFile(path.join(dir, name), text, { mode });
    await chmod(path.join(dir, name), mode);
  }
  return changed;
}

async function supervise(settings: Settings, dir: string): Promise<void> {
  await writeFile(path.join(dir, 'down'), '');
  await runCommand('s6-svscanctl', ['-an', serviceDir(settings)]);
  await until(async () => (await findState(settings, path.basename(dir))) !== null, 5_000, `${dir} is not supervised`);
  await rm(path.join(dir, 'down'));
}

function serviceMark(settings: Settings, name: string): string {
  return `${settings.dataDir}:${name}`;
}

/** A supervisor that was killed leaves its processes behind: they carry our mark in their environment. */
async function killOrphans(mark: string): Promise<void> {
  if (!mark) return;
  for (let signal: NodeJS.Signals = 'SIGTERM', attempt = 0; attempt < 100; attempt += 1) {
    const pids = await markedProcesses(mark);
    if (pids.length === 0) return;
    if (attempt > 30) signal = 'SIGKILL';
    for (const pid of pids) killIfThere(pid, signal);
    await sleep(100);
  }
  throw new Error(`processes of ${mark} do not end`);
}

async function markedProcesses(mark: string): Promise<number[]> {
  const prefix = `LIGHTKEEPER_SERVICE=${mark}`;
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '');
    const isOurs = environment
      .split('\0')
      .some((line) => (mark.endsWith(':') ? line.startsWith(prefix) : line === prefix));
    if (isOurs) found.push(Number(entry));
  }
  return found;
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function until(condition: () => Promise<boolean>, timeoutMs: number, failure: string): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(failure);
    await sleep(30);
  }
}
