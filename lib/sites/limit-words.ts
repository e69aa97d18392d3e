// Limits in people's words. Pure.

import { formatBytes } from '../bytes.ts';
import { OWN_LIMITS, type OwnLimit, type SiteLimits } from './limits.ts';

const NAMES: Record<OwnLimit, string> = {
  diskBytesMax: 'disk',
  inodesMax: 'files and directories',
  memoryBytesMax: 'memory',
  cpuMillisMax: 'CPU',
  pidsMax: 'processes',
  bandwidthBytesMax: 'bandwidth',
  connectionsMax: 'connections at a time',
  newConnectionsMax: 'new connections',
};

export function limitName(limit: OwnLimit): string {
  return NAMES[limit];
}

/** "2 GB", "1.5 cores", "5 MB a second". */
export function writeLimit(limit: OwnLimit, value: number): string {
  if (limit === 'diskBytesMax' || limit === 'memoryBytesMax') return formatBytes(value);
  if (limit === 'bandwidthBytesMax') return `${formatBytes(value)} a second`;
  if (limit === 'newConnectionsMax') return `${count(value)} a second`;
  if (limit === 'cpuMillisMax') return value === 1000 ? '1 core' : `${value / 1000} cores`;
  return count(value);
}

export interface LimitStep {
  limit: OwnLimit;
  from: number;
  to: number;
}

/** What differs, in the order in which limits are always shown. */
export function stepsBetween(before: SiteLimits, after: SiteLimits): LimitStep[] {
  return OWN_LIMITS.flatMap((limit) =>
    before[limit] === after[limit] ? [] : [{ limit, from: before[limit], to: after[limit] }],
  );
}

/** "An admin set the disk to 2 GB and the memory to 512 MB." */
export function tellSteps(steps: LimitStep[]): string {
  return `An admin set ${joinWords(steps.map(({ limit, to }) => `the ${limitName(limit)} to ${writeLimit(limit, to)}`))}.`;
}

/** "a, b and c". */
export function joinWords(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export function count(value: number, one?: string, many = `${one}s`): string {
  const text = value.toLocaleString('en-US');
  return one === undefined ? text : `${text} ${value === 1 ? one : many}`;
}
