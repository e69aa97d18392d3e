// The instance's processes, found again by what the kernel knows of them: services by the mark in their environment, the
// tenants' by their cgroup. After a crash of the supervisor nobody else remembers them.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '#lib/env.ts';
import { instanceGroups } from './groups.ts';

export interface OwnProcess {
  pid: number;
  /** The service it belongs to; what it started has the same mark. */
  service: string;
  program: string;
}

const MARK = 'LIGHTKEEPER_SERVICE';
const LOOK_MS = 50;
const KILL_MS = 10_000;

/** The value of LIGHTKEEPER_SERVICE in the environment of a service's processes. */
export function serviceMark(settings: Settings, service: string): string {
  return `${settings.dataDir}:${service}`;
}

/** The service that a process's environment names, if it is this instance's. Pure. */
export function parseMark(environ: string, dataDir: string): string | null {
  const prefix = `${MARK}=${dataDir}:`;
  const variable = environ.split('\0').find((line) => line.startsWith(prefix));
  return variable === undefined ? null : variable.slice(prefix.length);
}

export async function findProcess(settings: Settings, pid: number): Promise<OwnProcess | null> {
  const service = parseMark(await readText(`/proc/${pid}/environ`), settings.dataDir);
  return service === null ? null : { pid, service, program: (await readText(`/proc/${pid}/comm`)).trim() };
}

/** All that carry the mark, this command and what it was started from left out. */
export async function ownProcesses(settings: Settings): Promise<OwnProcess[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const others = pids.filter((pid) => pid !== process.pid && pid !== process.ppid);
  const found = await Promise.all(others.map((pid) => findProcess(settings, pid)));
  return found.filter((process) => process !== null);
}

/** Everything in the instance's cgroups: its sites' processes, and git's. */
export async function groupProcesses(settings: Settings): Promise<number[]> {
  const lists = await Promise.all(
    (await instanceGroups(settings)).map((group) => readText(path.join(group, 'cgroup.procs'))),
  );
  return [...new Set(lists.flatMap((text) => text.split('\n').filter(Boolean).map(Number)))];
}

/**
 * Signals until nothing is found any more: the given signal once, after the grace SIGKILL. Throws when something outlives
 * that by ten seconds.
 */
export async function endProcesses(
  find: () => Promise<number[]>,
  how: { signal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  const start = Date.now();
  const told = new Set<number>();
  for (let pids = await find(); pids.length > 0; pids = await find()) {
    const late = Date.now() - start > how.graceMs;
    if (Date.now() - start > how.graceMs + KILL_MS) throw new Error(`the processes ${pids.join(', ')} do not end`);
    for (const pid of pids) {
      if (late) signalIfThere(pid, 'SIGKILL');
      else if (!told.has(pid)) signalIfThere(pid, how.signal);
      told.add(pid);
    }
    await sleep(LOOK_MS);
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => ''); // It has ended meanwhile, or is a thread of the kernel.
}
