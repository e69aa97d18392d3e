// Rows in order, but none moves away under the pointer or the keyboard: while somebody is at work in the table, what is
// shown keeps its place, and only what is new is added at the end.

'use client';

import { useEffect, useMemo, useRef } from 'react';
import type { AdminRow } from '#lib/admin/row.ts';
import { type RowsQuery, selectRows } from '#lib/admin/rows-query.ts';

export function useCalmOrder(rows: AdminRow[], query: RowsQuery, isBusy: boolean): AdminRow[] {
  const shown = useRef<{ query: RowsQuery; places: Map<string, number> } | null>(null);
  const ordered = useMemo(() => {
    const selected = selectRows(rows, query);
    const before = shown.current;
    return isBusy && before?.query === query ? keepPlaces(selected, before.places) : selected;
  }, [rows, query, isBusy]);
  useEffect(() => {
    shown.current = { query, places: new Map(ordered.map(({ id }, place) => [id, place])) };
  }, [ordered, query]);
  return ordered;
}

/** Pure. */
export function keepPlaces<Row extends { id: string }>(rows: Row[], places: ReadonlyMap<string, number>): Row[] {
  const placeOf = ({ id }: Row) => places.get(id) ?? Number.POSITIVE_INFINITY;
  return rows.toSorted((a, b) => {
    const [left, right] = [placeOf(a), placeOf(b)];
    return left === right ? 0 : left - right;
  });
}
