// Lines over time as the rows of a table: few enough to be read. Pure.

import type { SiteLines } from '#lib/usage/site-history.ts';

export type Column = keyof SiteLines;

export interface TableRow {
  /** The start of the span, in seconds since 1970. */
  at: number;
  /** Null: nothing was read in the span. */
  values: Record<Column, number | null>;
}

/** What happens is told as the mean of the span, all else as the most in it. */
const MEANS = new Set<Column>(['requests', 'errors', 'network', 'cpu']);

/** At most so many rows, the newest first. */
export function tableRows(lines: SiteLines, rowsMax: number): TableRow[] {
  const { at } = lines.requests;
  const size = Math.max(1, Math.ceil(at.length / rowsMax));
  const starts = Array.from({ length: Math.ceil(at.length / size) }, (_, row) => row * size);
  const columns = Object.keys(lines) as Column[];
  return starts
    .map((start) => ({
      at: at[start] ?? 0,
      values: Object.fromEntries(
        columns.map((column) => [column, oneOf(column, lines[column].values.slice(start, start + size))]),
      ) as TableRow['values'],
    }))
    .reverse();
}

function oneOf(column: Column, values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return MEANS.has(column) ? known.reduce((sum, value) => sum + value, 0) / known.length : Math.max(...known);
}
