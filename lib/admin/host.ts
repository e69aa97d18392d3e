// The machine for its operator: what it has, what is promised of it to sites, what is used.

import type { Db } from '../db/client.ts';
import type { Settings } from '../env.ts';
import type { Promised } from '../sites/promised.ts';
import type { AdminRow, RowState } from './row.ts';

/** Capacity against promised against used; null: there is no such number here. */
export interface Resource {
  capacity: number | null;
  promised: number;
  used: number;
}

export interface HostView {
  /** Milliseconds since 1970; null: the keeper has never read this machine. */
  readAt: number | null;
  /** What the last reading of all sites took. */
  readMillis: number;
  disk: Resource;
  memory: Resource;
  /** Thousandths of a core. */
  cpu: Resource;
  pids: Resource;
  inodes: Resource;
  /** How often memory and disk may be promised. */
  overcommit: number;
  /** How often they are. */
  promisedTimes: { disk: number; memory: number };
  ready: number;
  readyWanted: number;
  /** Sites that have an owner. */
  owned: number;
  counts: Record<RowState, number>;
  requestsPerMinute: number;
  /** Sites about which the limits policy has something to say. */
  troubled: number;
}

type HostRow = Awaited<ReturnType<typeof readHostRow>>;

export function readHostRow(db: Db) {
  return db.host.findFirst({ orderBy: { node: 'asc' } });
}

/** Pure. */
export function viewHost(
  host: HostRow,
  rows: AdminRow[],
  promised: Promised,
  settings: Pick<Settings, 'overcommit' | 'readySites'>,
): HostView {
  const sum = (of: (row: AdminRow) => number | null) => rows.reduce((total, row) => total + (of(row) ?? 0), 0);
  const disk = {
    capacity: host && Number(host.poolBytes),
    promised: promised.diskBytes,
    used: host ? Number(host.poolBytes - host.poolBytesFree) : sum((row) => row.disk),
  };
  const memory = {
    capacity: host && Number(host.memoryBytes),
    promised: promised.memoryBytes,
    used: Number(host?.memoryBytesUsed ?? 0) || sum((row) => row.memory),
  };
  const counts = countStates(rows);
  return {
    readAt: host?.readAt.getTime() ?? null,
    readMillis: host?.readMillis ?? 0,
    disk,
    memory,
    cpu: {
      capacity: host && host.cpuCount * 1_000,
      promised: sum(({ cpuMax }) => cpuMax),
      used: host?.cpuMillis || sum((row) => row.cpu),
    },
    pids: {
      capacity: host?.pidsMax || null,
      promised: sum((row) => row.pidsMax),
      used: host?.pids || sum((row) => row.pids),
    },
    inodes: { capacity: null, promised: sum((row) => row.inodesMax), used: sum((row) => row.inodes) },
    overcommit: settings.overcommit,
    promisedTimes: { disk: times(disk), memory: times(memory) },
    ready: counts.ready,
    readyWanted: settings.readySites,
    owned: rows.length - rows.filter(({ owner }) => owner === null).length,
    counts,
    requestsPerMinute: sum((row) => row.requestsPerMinute),
    troubled: rows.filter(({ verdicts }) => verdicts.some(({ level }) => level !== 'idle')).length,
  };
}

function times({ promised, capacity }: Resource): number {
  return capacity ? promised / capacity : 0;
}

function countStates(rows: AdminRow[]): Record<RowState, number> {
  const counts = { live: 0, asleep: 0, held: 0, launching: 0, failed: 0, deleting: 0, ready: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
}
