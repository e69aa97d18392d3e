// The machine and all sites as they are now: what the page came with, then an event stream while the page is visible.

'use client';

import { useEffect, useState } from 'react';
import type { RowsChange } from '#lib/admin/diff.ts';
import type { HostView } from '#lib/admin/host.ts';
import { type AdminRow, type PackedRow, unpackRow } from '#lib/admin/row.ts';

export interface InitialOverview {
  host: HostView;
  /** The first of those that are shown. */
  rows: PackedRow[];
}

export interface LiveOverview {
  host: HostView;
  rows: AdminRow[];
  /** All rows have come, not only the first. */
  isWhole: boolean;
  isConnected: boolean;
}

const AGAIN_MS = 5_000;
type Change = (before: LiveOverview) => LiveOverview;

export function useOverview(initial: InitialOverview): LiveOverview {
  const [live, setLive] = useState<LiveOverview>(() => ({
    host: initial.host,
    rows: initial.rows.map(unpackRow),
    isWhole: false,
    isConnected: true,
  }));
  useEffect(() => {
    let stop = () => {};
    const follow = () => {
      stop();
      stop = document.hidden ? () => {} : followAll(setLive);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop();
    };
  }, []);
  return live;
}

function followAll(change: (change: Change) => void): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource('/api/admin/events');
    source.addEventListener('all', ({ data }) => {
      const { rows, host } = JSON.parse(data) as { rows: PackedRow[]; host: HostView };
      change(() => ({ host, rows: rows.map(unpackRow), isWhole: true, isConnected: true }));
    });
    source.addEventListener('some', ({ data }) => {
      const { changed, removed, host } = JSON.parse(data) as RowsChange & { host: HostView };
      change((before) => ({ ...before, host, rows: merge(before.rows, changed, removed), isConnected: true }));
    });
    source.addEventListener('ended', () => location.assign('/admin/sign-in'));
    source.addEventListener('error', () => {
      change((before) => ({ ...before, isConnected: false }));
      // CLOSED: refused for good, as when the server starts again; while CONNECTING, the browser tries by itself.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, AGAIN_MS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** New sites come first, as the server lists them. */
export function merge(rows: AdminRow[], changed: PackedRow[], removed: string[]): AdminRow[] {
  if (changed.length === 0 && removed.length === 0) return rows;
  const gone = new Set(removed);
  const news = new Map(changed.map(unpackRow).map((row) => [row.id, row]));
  const kept: AdminRow[] = [];
  for (const row of rows) {
    if (gone.has(row.id)) continue;
    kept.push(news.get(row.id) ?? row);
    news.delete(row.id);
  }
  return [...news.values(), ...kept];
}
