// What happens below a site's supervisor: how often its app was started again, and how much it writes into its log. Each
// process is looked at once, when it is new, so a site in which nothing happens costs one small file a reading.

import { readFileSync } from 'node:fs';
import { findServices, isPassing, type Process, parseBytesRead, parseStat } from './process-tree.ts';

export interface ProcessWatch {
  /**
   * What happened in one container since it was last asked about. `pids` are the host's (cgroup.procs). The first time
   * there is nothing to compare with: zeros.
   */
  observe(instanceId: string, pids: readonly number[]): ProcessObservation;
  /** Forgets the containers that are not among these. */
  keepOnly(instanceIds: ReadonlySet<string>): void;
}

export interface ProcessObservation {
  /** Starts of the app's process that followed an end. */
  appRestarts: number;
  logBytesPerSecond: number;
}

interface WatchDeps {
  nowMs: () => number;
  /** The text of /proc/PID/FILE; null: the process has gone. */
  read: (pid: number, file: 'stat' | 'io') => string | null;
}

interface Watched {
  known: Map<number, Process>;
  supervisor: string | null;
  app: string | null;
  logs: Map<number, number>;
  atMs: number;
}

/** A container that starts processes all the time has the others looked at in the next readings. */
const LOOKS_MAX = 32;

/** Kept in memory: after a restart of the keeper it begins anew. */
export function createProcessWatch({ nowMs = () => performance.now(), read = readProc }: Partial<WatchDeps> = {}) {
  const containers = new Map<string, Watched>();
  const watch: ProcessWatch = {
    observe(instanceId, pids) {
      const before = containers.get(instanceId) ?? {
        known: new Map(),
        supervisor: null,
        app: null,
        logs: new Map(),
        atMs: 0,
      };
      const known = look(before.known, pids, read);
      const { app, loggers } = findServices(known);
      const supervisor = app && keyOf(app.supervisor);
      const isSame = supervisor === before.supervisor;
      const process = app?.process ? keyOf(app.process) : isSame ? before.app : null;
      const logs = new Map(loggers.map((pid) => [pid, parseBytesRead(read(pid, 'io') ?? '') ?? 0]));
      const atMs = nowMs();
      containers.set(instanceId, { known, supervisor, app: process, logs, atMs });
      return {
        appRestarts: isSame && before.app !== null && process !== before.app ? 1 : 0,
        logBytesPerSecond: rate(grown(before.logs, logs), atMs - before.atMs),
      };
    },
    keepOnly(instanceIds) {
      for (const id of containers.keys()) if (!instanceIds.has(id)) containers.delete(id);
    },
  };
  return watch;
}

/** The processes that are there, with what is known of each; new ones are read, a bounded number at a time. */
function look(
  known: ReadonlyMap<number, Process>,
  pids: readonly number[],
  read: WatchDeps['read'],
): Map<number, Process> {
  const now = new Map<number, Process>();
  let looks = 0;
  for (const pid of pids) {
    const before = known.get(pid);
    const isNews = !before || isPassing(before, known.get(before.parent));
    const mayLook = isNews && looks < LOOKS_MAX;
    if (mayLook) looks += 1;
    const process = mayLook ? parseStat(read(pid, 'stat') ?? '') : before;
    if (process) now.set(pid, process);
  }
  return now;
}

function keyOf({ pid, startedAt }: Process): string {
  return `${pid}:${startedAt}`;
}

/** Only of logs that were there before: what one had read until it was first seen may be an hour's. */
function grown(before: ReadonlyMap<number, number>, now: ReadonlyMap<number, number>): number {
  const growths = [...now].map(([pid, bytes]) => Math.max(0, bytes - (before.get(pid) ?? bytes)));
  return growths.reduce((sum, bytes) => sum + bytes, 0);
}

function rate(bytes: number, spanMs: number): number {
  return spanMs > 0 ? Math.round((bytes * 1000) / spanMs) : 0;
}

/** Never cmdline or environ: the kernel reads those from the process's memory, and that can be made to wait. */
function readProc(pid: number, file: 'stat' | 'io'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return null; // It has ended.
  }
}
