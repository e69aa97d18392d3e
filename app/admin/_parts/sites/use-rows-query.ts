// What is searched, filtered and sorted, kept in the page's address: a view can be shared, and survives a reload.

'use client';

import { useEffect, useState } from 'react';
import { type RowsQuery, type SortKey, writeRowsQuery } from '#lib/admin/rows-query.ts';

export interface RowsQueryControl {
  query: RowsQuery;
  change(part: Partial<RowsQuery>): void;
  /** Sorts by it; by it already: the other way round. */
  sortBy(key: SortKey): void;
}

/** Numbers are first wanted from the top, words from A. */
const ASCENDING_FIRST: SortKey[] = ['name', 'owner', 'plan', 'state', 'full', 'expires'];

export function useRowsQuery(initial: RowsQuery): RowsQueryControl {
  const [query, setQuery] = useState(initial);
  useEffect(() => {
    const wanted = `${location.pathname}${writeRowsQuery(query)}`;
    if (`${location.pathname}${location.search}` !== wanted) history.replaceState(history.state, '', wanted);
  }, [query]);
  return {
    query,
    change: (part) => setQuery((before) => ({ ...before, ...part })),
    sortBy: (key) =>
      setQuery((before) => ({
        ...before,
        sort: key,
        descending: before.sort === key ? !before.descending : !ASCENDING_FIRST.includes(key),
      })),
  };
}
