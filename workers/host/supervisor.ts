// The instance's s6-svscan and what it supervises. `up` and `down` steer it; nothing else starts or ends processes.

import { spawn } from 'node:child_process';
import { mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '#lib/env.ts';
import { endProcesses, type OwnProcess, ownProcesses, serviceMark } from './processes.ts';
import { replaceFile } from './replace-file.ts';
import { HOST_PATH, ifMissing, runCommand } from './run-command.ts';
import { renderFinish, renderLogRun, renderRun, type Service } from './services.ts';

export interface ServiceState {
  name: string;
  up: boolean;
  pid: number | null;
  /** Since it came up or went down. */
  seconds: number;
}

const SUPERVISOR = 'supervisor';
const OOM_SCORE_ADJ = '-900';
const RESTART_SECONDS = 12;

export function serviceDir(settings: Settings): string {
  return path.join(settings.dataDir, 'service');
}

/**
 * Starts s6-svscan when it does not run. It outlives us. What an earlier one left is ended first, so that nothing runs
 * twice and nothing starts before its turn; the engine's containers go on.
 */
export async function ensureSupervisor(settings: Settings): Promise<void> {
  const dir = serviceDir(settings);
  if (await isRunning(settings)) return;
  await endLeftServices(settings, { spareContainers: true });
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const log = await open(path.join(settings.paths.log, 'supervisor.log'), 'a');
  const child = spawn('s6-svscan', ['-t0', dir], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: {
      PATH: HOST_PATH,
      LC_ALL: 'C.UTF-8',
      LIGHTKEEPER_SERVICE: serviceMark(settings, SUPERVISOR),
    } as unknown as NodeJS.ProcessEnv, // Next's types demand a NODE_ENV of every environment.
    cwd: '/',
  });
  child.unref();
  await log.close();
  await writeFile(`/proc/${child.pid}/oom_score_adj`, OOM_SCORE_ADJ).catch(() => {}); // Forbidden inside a container.
  await until(() => isRunning(settings), 5_000, 's6-svscan does not start');
}

export async function isRunning(settings: Pick<Settings, 'dataDir'>): Promise<boolean> {
  const dir = path.join(settings.dataDir, 'service');
  const answer = await runCommand('s6-svscanctl', ['-a', dir], { allow: [100, 111] }).catch(ifMissing(null));
  return answer?.exitCode === 0;
}

/**
 * Writes a service and starts it; one that runs with the same script is left alone, a changed one is restarted, and its
 * old process has ended when this returns.
 */
export async function ensureService(settings: Settings, service: Service, options = { restart: false }): Promise<void> {
  const dir = path.join(serviceDir(settings), service.name);
  const changed = await writeScripts(settings, dir, service);
  const before = await findState(settings, service.name);
  if (!before) await supervise(settings, dir);
  if ((changed || options.restart) && before?.up) await stopService(settings, service.name, RESTART_SECONDS);
  await runCommand('s6-svc', ['-u', dir]);
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

/** Stops and forgets the services that these settings do not have. */
export async function retireServices(settings: Settings, wanted: readonly string[]): Promise<void> {
  for (const { name } of await serviceStates(settings)) {
    if (wanted.includes(name)) continue;
    await stopService(settings, name, 30);
    await rm(path.join(serviceDir(settings), name), { recursive: true, force: true });
    await runCommand('s6-svscanctl', ['-an', serviceDir(settings)]);
  }
}

/** Ends s6-svscan, all supervision, and whatever a crashed supervisor left of our processes. */
export async function stopSupervisor(settings: Settings): Promise<void> {
  if (await isRunning(settings)) {
    await runCommand('s6-svscanctl', ['-t', serviceDir(settings)], { allow: [100, 111] });
    await until(async () => !(await isRunning(settings)), 20_000, 's6-svscan does not end').catch(() => {}); // Ended below.
  }
  await endLeftServices(settings, { spareContainers: false });
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
  const answer = await runCommand('s6-svstat', ['-o', 'up,pid,updownfor', dir], { allow: [1, 100, 111] }).catch(
    ifMissing(null),
  );
  const [up, pid, seconds] = answer?.stdout.trim().split(/\s+/) ?? [];
  if (answer?.exitCode !== 0 || up === undefined) return null;
  return { name, up: up === 'true', pid: Number(pid) > 0 ? Number(pid) : null, seconds: Number(seconds) };
}

/** Answers whether the run script is another one than before. */
async function writeScripts(settings: Settings, dir: string, service: Service): Promise<boolean> {
  const logDir = path.join(settings.paths.log, service.name);
  await mkdir(path.join(dir, 'log'), { recursive: true });
  await mkdir(logDir, { recursive: true });
  const scripts: [string, string, number][] = [
    ['finish', renderFinish(), 0o700],
    ['timeout-finish', '0\n', 0o600],
    ['timeout-kill', '30000\n', 0o600],
    ['down-signal', `${service.stopSignal ?? 'SIGTERM'}\n`, 0o600],
    ['log/run', renderLogRun(logDir), 0o700],
  ];
  for (const [name, text, mode] of scripts) await replaceFile(path.join(dir, name), text, mode);
  return replaceFile(path.join(dir, 'run'), renderRun(service, serviceMark(settings, service.name)), 0o700);
}

/** A service that is new to s6-svscan is made known as stopped, so that it starts when it is told to. */
async function supervise(settings: Settings, dir: string): Promise<void> {
  await writeFile(path.join(dir, 'down'), '');
  await runCommand('s6-svscanctl', ['-an', serviceDir(settings)]);
  await until(async () => (await findState(settings, path.basename(dir))) !== null, 5_000, `${dir} is not supervised`);
  await rm(path.join(dir, 'down'));
}

/** Supervisors first, which would start the others again. PostgreSQL's fast shutdown is SIGINT. */
async function endLeftServices(settings: Settings, options: { spareContainers: boolean }): Promise<void> {
  const find = (isMeant: (process: OwnProcess) => boolean) => async () =>
    (await ownProcesses(settings)).filter(isMeant).map(({ pid }) => pid);
  const isSpared = ({ service, program }: OwnProcess) =>
    options.spareContainers && service === 'engine' && program.startsWith('containerd-shim');
  await endProcesses(
    find(({ service, program }) => service === SUPERVISOR && program !== 's6-log'),
    { signal: 'SIGKILL', graceMs: 0 },
  );
  await Promise.all([
    endProcesses(
      find(({ service }) => service === 'postgres'),
      { signal: 'SIGINT', graceMs: 10_000 },
    ),
    endProcesses(
      find((own) => own.service !== 'postgres' && own.service !== SUPERVISOR && !isSpared(own)),
      { signal: 'SIGTERM', graceMs: 5_000 },
    ),
  ]);
  await endProcesses(
    find(({ service }) => service === SUPERVISOR),
    { signal: 'SIGTERM', graceMs: 500 },
  );
}

async function until(condition: () => Promise<boolean>, timeoutMs: number, failure: string): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(failure);
    await sleep(30);
  }
}
