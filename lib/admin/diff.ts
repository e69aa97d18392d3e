// What changed between two readings of all sites: what the stream sends instead of everything.

import { type AdminRow, type PackedRow, packRow } from './row.ts';

export interface RowsChange {
  changed: PackedRow[];
  /** Ids of sites that are gone. */
  removed: string[];
}

/** Rows by id as they were sent, each as JSON. */
export type SentRows = ReadonlyMap<string, string>;

/** Compares with what was sent; `sent` of the answer is what is known by then. */
export function diffRows(before: SentRows, rows: AdminRow[]): RowsChange & { sent: SentRows } {
  const sent = new Map<string, string>();
  const changed: PackedRow[] = [];
  for (const row of rows) {
    const packed = packRow(row);
    const text = JSON.stringify(packed);
    sent.set(row.id, text);
    if (before.get(row.id) !== text) changed.push(packed);
  }
  return { changed, removed: [...before.keys()].filter((id) => !sent.has(id)), sent };
}
