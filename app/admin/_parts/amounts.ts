// Amounts as the admin's pages write them.

import type { RowState } from '#lib/admin/row.ts';
import { formatBytes } from '#lib/bytes.ts';

/** "0.35", "2": thousandths of a core as cores. */
export function cores(millis: number): string {
  return (millis / 1_000).toLocaleString('en-US', { maximumFractionDigits: millis < 10_000 ? 2 : 0 });
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** "84 ms", "1.2 s". */
export function millis(value: number): string {
  return value < 1_000 ? `${value} ms` : `${(value / 1_000).toFixed(1)} s`;
}

/** "+12 MB/h", "−3 MB/h". */
export function perHour(bytes: number): string {
  return `${bytes < 0 ? '−' : '+'}${formatBytes(Math.abs(bytes))}/h`;
}

/** "1 site", "12 sites". */
export function sitesWords(value: number): string {
  return `${count(value)} ${value === 1 ? 'site' : 'sites'}`;
}

export const STATE_NAMES: Record<RowState, string> = {
  live: 'Live',
  asleep: 'Asleep',
  held: 'Held',
  launching: 'Launching',
  failed: 'Failed',
  deleting: 'Being removed',
  ready: 'Ready',
};
