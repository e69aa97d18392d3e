// One line of the operator's table: what a browser may know of every site. Nothing of it is a secret of the owner's.

import type { VerdictLevel } from '../limits/verdict.ts';

export const ROW_STATES = ['live', 'asleep', 'held', 'launching', 'failed', 'deleting', 'ready'] as const;
/** `ready` waits in the pool for a click; the others are of sites that have an owner. */
export type RowState = (typeof ROW_STATES)[number];

export interface RowVerdict {
  kind: string;
  level: VerdictLevel;
  text: string;
}

export interface AdminRow {
  id: string;
  name: string;
  state: RowState;
  /** The owner's e-mail address, or the end of its id; null: nobody yet. */
  owner: string | null;
  role: 'guest' | 'member' | 'admin' | null;
  plan: string;
  disk: number | null;
  diskMax: number;
  memory: number | null;
  memoryMax: number;
  pids: number | null;
  pidsMax: number;
  /** Thousandths of a core. */
  cpu: number | null;
  cpuMax: number;
  inodes: number | null;
  inodesMax: number;
  /** Bytes an hour that the disk grows by lately. */
  growth: number;
  requestsPerMinute: number;
  p95Millis: number | null;
  /** The worst first. */
  verdicts: RowVerdict[];
  /** Why it is held, or why its launch failed. */
  note: string | null;
  /** Milliseconds since 1970; null: never. */
  expiresAt: number | null;
  createdAt: number;
}

/** A row on the wire: the values alone, in this order. */
export type PackedRow = unknown[];

const FIELDS = [
  'id',
  'name',
  'state',
  'owner',
  'role',
  'plan',
  'disk',
  'diskMax',
  'memory',
  'memoryMax',
  'pids',
  'pidsMax',
  'cpu',
  'cpuMax',
  'inodes',
  'inodesMax',
  'growth',
  'requestsPerMinute',
  'p95Millis',
  'verdicts',
  'note',
  'expiresAt',
  'createdAt',
] as const satisfies (keyof AdminRow)[];

export function packRow(row: AdminRow): PackedRow {
  return FIELDS.map((field) => row[field]);
}

/** The reverse of `packRow`: of what our own server packed. */
export function unpackRow(packed: PackedRow): AdminRow {
  return Object.fromEntries(FIELDS.map((field, index) => [field, packed[index]])) as unknown as AdminRow;
}
