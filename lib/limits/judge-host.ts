// When the machine itself runs low on memory, on processes, or on the disk that holds the platform's own data: the admins
// are told, once for each level. Nobody's site is changed by it: limits bound what sites take. (The pool has a policy of
// its own, judge-pool.ts.) Pure.

import type { HostReading } from '../usage/reading.ts';
import { kept, rankOf, reached } from './levels.ts';
import { type HostResource, hostSentence } from './sentences.ts';

export type HostLevel = 'warn' | 'critical';

/** Null: well. `below`: readings in a row under the mark of the level. */
export type HostState = Record<HostResource, { level: HostLevel | null; below: number }>;

export interface HostOutcome {
  state: HostState;
  events: { kind: HostResource; level: HostLevel | 'info'; text: string; numbers: { used: number; max: number } }[];
}

export const HOST_RESOURCES = ['host-memory', 'host-processes', 'host-disk'] as const satisfies HostResource[];

const READINGS_BELOW = 2;

const WELL = { level: null, below: 0 };

/** What was told last of each; null: that it is well, or nothing. */
export function newHostState(told: Partial<Record<HostResource, HostLevel | null>> = {}): HostState {
  const entries = HOST_RESOURCES.map((kind) => [kind, { level: told[kind] ?? null, below: 0 }]);
  return Object.fromEntries(entries) as HostState;
}

export function judgeHost(host: HostReading, before: HostState): HostOutcome {
  const outcome: HostOutcome = { state: { ...before }, events: [] };
  for (const kind of HOST_RESOURCES) {
    const share = shareOf(host, kind);
    if (share.max <= 0) continue;
    const next = nextLevel(share, before[kind]);
    outcome.state[kind] = next;
    if (next.level === before[kind].level) continue;
    const level = next.level ?? 'info';
    outcome.events.push({ kind, level, text: hostSentence(kind, level, share), numbers: share });
  }
  return outcome;
}

function shareOf(host: HostReading, kind: HostResource): { used: number; max: number } {
  switch (kind) {
    case 'host-memory':
      return { used: host.memoryBytesUsed, max: host.memoryBytes };
    case 'host-processes':
      return { used: host.pids, max: host.pidsMax };
    case 'host-disk':
      return { used: host.platformBytes - host.platformBytesFree, max: host.platformBytes };
  }
}

/** One reading raises the level, two under the lower mark end it; from critical to warn is a fall that nobody is told of. */
function nextLevel({ used, max }: { used: number; max: number }, { level, below }: HostState[HostResource]) {
  const at = reached(used, max, false) as HostLevel | null;
  if (rankOf(at) > rankOf(level)) return { level: at, below: 0 };
  if (level === null || kept(used, max) !== null) return { level, below: 0 };
  return below + 1 < READINGS_BELOW ? { level, below: below + 1 } : WELL;
}
