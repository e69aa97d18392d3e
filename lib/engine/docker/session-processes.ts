// Ends what an exec left behind. The engine has no call for it: the processes are found on the host, in /proc, and each
// is checked to be of the container before it gets a signal, so that a number which was given anew, or an engine on
// another machine, harms nobody.

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessEntry {
  pid: number;
  parent: number;
  session: number;
  /** Dead, but not yet taken note of by its parent: takes no signal. */
  zombie: boolean;
}

const HANG_UP_GRACE_MS = 5_000;
const POLL_MS = 50;
const KILL_ROUNDS = 20;

/** The processes of the leader's session, and whatever descends from the leader. */
export function sessionMembers(leader: number, processes: ProcessEntry[]): number[] {
  const members = new Set([leader]);
  for (let before = 0; before !== members.size; ) {
    before = members.size;
    for (const { pid, parent, session } of processes) if (session === leader || members.has(parent)) members.add(pid);
  }
  return processes.filter(({ pid, zombie }) => members.has(pid) && !zombie).map(({ pid }) => pid);
}

/** HUP to all of the exec's session, KILL to what is left after five seconds. Answers when they are gone. */
export async function hangUpSession(leader: number, containerId: string): Promise<void> {
  await signalAll(await findSession(leader, containerId), 'SIGHUP', containerId);
  const deadline = Date.now() + HANG_UP_GRACE_MS;
  while (Date.now() < deadline) {
    if ((await findSession(leader, containerId)).length === 0) return;
    await sleep(POLL_MS);
  }
  for (let round = 0; round < KILL_ROUNDS; round += 1) {
    const left = await findSession(leader, containerId);
    if (left.length === 0) return;
    await signalAll(left, 'SIGKILL', containerId);
    await sleep(POLL_MS);
  }
}

async function findSession(leader: number, containerId: string): Promise<number[]> {
  const members = sessionMembers(leader, await readProcesses());
  const ours = await Promise.all(members.map((pid) => isOfContainer(pid, containerId)));
  return members.filter((_, index) => ours[index]);
}

async function signalAll(pids: number[], signal: NodeJS.Signals, containerId: string): Promise<void> {
  for (const pid of pids) {
    if (!(await isOfContainer(pid, containerId))) continue;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** By its cgroup, which no process in the container can leave (cgroups(7): /proc/PID/cgroup). */
async function isOfContainer(pid: number, containerId: string): Promise<boolean> {
  const cgroups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => ''); // ended meanwhile
  return cgroups.includes(containerId);
}

async function readProcesses(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))); // ended meanwhile
  return stats.flatMap((stat) => parseStat(stat) ?? []);
}

/** proc_pid_stat(5): `pid (comm) state ppid pgrp session …`; the name may hold spaces and brackets. */
export function parseStat(stat: string): ProcessEntry | null {
  const [, pid, state, parent, session] = /^(\d+) \(.*\) (\S) (\d+) -?\d+ (\d+) /s.exec(stat) ?? [];
  if (!pid) return null;
  return { pid: Number(pid), parent: Number(parent), session: Number(session), zombie: state === 'Z' || state === 'X' };
}
