// The processes of the test instance, for tests that kill them or let them stand still. Each is made certain before anybody
// sends it a signal: s6-svstat says -1 while a service is down, which kill(2) takes for every process of the machine.

import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { SETTINGS } from './host-state.ts';
import { must, run } from './programs.ts';

export type Service = 'deploy' | 'keeper' | 'git-http' | 'ssh' | 'web' | 'postgres' | 'engine' | 'haproxy';

const MARK = `LIGHTKEEPER_SERVICE=${SETTINGS.dataDir}:`;

/** Null: it does not run at the moment. */
export async function findService(service: Service): Promise<number | null> {
  const { stdout } = await run('s6-svstat', ['-o', 'pid', placeOf(service)]);
  const pid = Number(stdout);
  if (!Number.isSafeInteger(pid) || pid <= 1) return null;
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.includes(`${MARK}${service}`) || environment.includes(MARK) ? pid : null;
}

/** Waits for it to run. */
export async function requireService(service: Service): Promise<number> {
  let pid: number | null = null;
  const isFound = async () => {
    pid = await findService(service);
    return pid !== null;
  };
  await expect.poll(isFound, { timeout: 30_000, intervals: [50], message: `${service} runs` }).toBe(true);
  return pid ?? 0;
}

/** `kill -9`. As if its last death was long ago: what dies often is started later each time. */
export async function killService(service: Service): Promise<void> {
  const pid = await requireService(service);
  await rm(path.join(placeOf(service), 'backoff'), { force: true });
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => findService(service), { intervals: [20] }).not.toBe(pid);
}

/** It stands still while the work is done. */
export async function whileStopped<T>(services: Service[], work: () => Promise<T>): Promise<T> {
  const pids = await Promise.all(services.map(requireService));
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    return await work();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

export function docker(...args: string[]): Promise<string> {
  return must('docker', ['-H', `unix://${SETTINGS.paths.engineSocket}`, ...args]);
}

function placeOf(service: Service): string {
  return path.join(SETTINGS.dataDir, 'service', service);
}
