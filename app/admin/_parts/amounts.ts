// Amounts as the admin's pages write them.

import type { RowState } from '#lib/admin/row.ts';
import { formatBytes } from '#lib/bytes.ts';
import { count } from '../../_components/amounts.ts';

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
