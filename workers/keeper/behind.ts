// Puts sites that take much of a busy machine's processors behind the others, and takes them back. A look costs one small
// file while the machine has room.

import { readFileSync } from 'node:fs';
import { type Behind, HOST_QUIET, nextBehind } from '#lib/limits/behind.ts';
import type { CpuGroups } from '#lib/usage/cpu-groups.ts';
import { parseCpu } from '#lib/usage/host.ts';

export interface BehindDeps {
  groups: CpuGroups;
  /** Microseconds that all processors of the host have worked so far, and how many there are. */
  readHost: () => { cpuMicros: number; cpuCount: number };
  nowMs: () => number;
}

interface Look {
  atMs: number;
  hostMicros: number;
  used: ReadonlyMap<string, number>;
}

export function readHostCpu(): { cpuMicros: number; cpuCount: number } {
  return parseCpu(readFileSync('/proc/stat', 'latin1'));
}

/** Knows at once whom the one before it put there. */
export function createBehind({ groups, readHost, nowMs }: BehindDeps) {
  const start = nowMs();
  let behind: Behind = new Map([...groups.behind()].map((id) => [id, start]));
  let last: Look = { atMs: start, hostMicros: readHost().cpuMicros, used: new Map() };

  const become = (next: Behind) => {
    for (const id of behind.keys()) if (!next.has(id)) groups.setBehind(id, false);
    for (const id of next.keys()) if (!behind.has(id)) groups.setBehind(id, true);
    behind = next;
  };

  return {
    look(): void {
      const [atMs, host] = [nowMs(), readHost()];
      const micros = (atMs - last.atMs) * 1000 * host.cpuCount;
      if (micros <= 0) return;
      const share = (host.cpuMicros - last.hostMicros) / micros;
      const isQuiet = share < HOST_QUIET;
      const used: ReadonlyMap<string, number> = isQuiet ? new Map() : groups.used();
      const containers = new Map(
        [...used].flatMap(([id, now]) => {
          const before = last.used.get(id);
          return before === undefined ? [] : [[id, (now - before) / micros] as const];
        }),
      );
      // Of a first look at the containers nothing follows, but for those who have gone.
      if (isQuiet || last.used.size > 0) become(nextBehind(behind, { host: share, containers }, atMs));
      last = { atMs, hostMicros: host.cpuMicros, used };
    },
    /** Everybody is beside the others again. */
    end: () => become(new Map()),
  };
}
