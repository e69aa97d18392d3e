// Numbers of plans and limits as people type them: bytes with a unit, CPU in cores, times in minutes.

import { parseBytes } from '#lib/bytes.ts';
import type { PlanNumbers } from '#lib/sites/limit-bounds.ts';
import type { OwnLimit } from '#lib/sites/limits.ts';

export type Unit = 'bytes' | 'cores' | 'count' | 'minutes';

export interface LimitField<Name extends string = keyof PlanNumbers> {
  name: Name;
  title: string;
  unit: Unit;
  /** Said beside the field. */
  note?: string;
  /** May be left empty: never, or for ever. */
  mayBeEmpty?: string;
}

export const LIMIT_FIELDS: LimitField<OwnLimit>[] = [
  { name: 'diskBytesMax', title: 'Disk', unit: 'bytes' },
  { name: 'inodesMax', title: 'Files', unit: 'count' },
  { name: 'memoryBytesMax', title: 'Memory', unit: 'bytes' },
  { name: 'cpuMillisMax', title: 'CPU', unit: 'cores', note: 'cores' },
  { name: 'pidsMax', title: 'Processes', unit: 'count' },
  { name: 'bandwidthBytesMax', title: 'Bandwidth', unit: 'bytes', note: 'a second' },
  { name: 'connectionsMax', title: 'Connections', unit: 'count', note: 'at a time' },
  { name: 'newConnectionsMax', title: 'New connections', unit: 'count', note: 'a second' },
];

export const PLAN_ONLY_FIELDS: LimitField[] = [
  { name: 'openFilesMax', title: 'Open files', unit: 'count', note: 'of a process' },
  { name: 'logBytesMax', title: 'Log', unit: 'bytes', note: 'kept' },
  { name: 'tmpfsBytesMax', title: '/tmp', unit: 'bytes', note: 'of memory' },
  { name: 'pushBytesMax', title: 'Push', unit: 'bytes' },
  { name: 'sitesMax', title: 'Sites of a user', unit: 'count' },
  { name: 'totalDiskBytesMax', title: 'Disk of a user', unit: 'bytes', note: 'all sites' },
  { name: 'totalMemoryBytesMax', title: 'Memory of a user', unit: 'bytes', note: 'all sites' },
  { name: 'lifetimeMinutes', title: 'Lives', unit: 'minutes', note: 'minutes', mayBeEmpty: 'for ever' },
  { name: 'freezeAfterMinutes', title: 'Frozen after', unit: 'minutes', note: 'idle minutes', mayBeEmpty: 'never' },
  { name: 'stopAfterMinutes', title: 'Stopped after', unit: 'minutes', note: 'idle minutes', mayBeEmpty: 'never' },
];

const UNITS = ['', 'KB', 'MB', 'GB', 'TB'];

/** So that reading it again gives exactly the same: 1.5 GB is "1536 MB". */
export function writeAmount(unit: Unit, value: number): string {
  if (unit === 'cores') return String(value / 1_000);
  if (unit !== 'bytes') return value.toLocaleString('en-US');
  let [amount, power] = [value, 0];
  while (amount > 0 && amount % 1024 === 0 && power < UNITS.length - 1) [amount, power] = [amount / 1024, power + 1];
  return `${amount} ${UNITS[power]}`.trim();
}

/** The number behind what was typed; null when it is none. Bounds are the server's to judge. */
export function parseAmount(unit: Unit, text: string): number | null {
  if (unit === 'bytes') return parseBytes(text);
  if (unit === 'cores')
    return /^\s*\d+([.,]\d{1,3})?\s*$/.test(text) ? Math.round(Number(text.replace(',', '.')) * 1_000) : null;
  return /^\s*\d[\d ,]*$/.test(text) ? Number(text.replace(/[ ,]/g, '')) : null;
}

export const UNIT_HINTS: Record<Unit, string> = {
  bytes: 'a size such as 500 MB or 2 GB',
  cores: 'a number of cores such as 0.5',
  count: 'a whole number',
  minutes: 'a whole number of minutes',
};
