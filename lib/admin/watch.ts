// Reads all sites every two seconds while at least one operator looks, once for all of them, and tells what changed.

import type { Db } from '../db/client.ts';
import type { Settings } from '../env.ts';
import type { Log } from '../log.ts';
import { readPromised } from '../sites/promised.ts';
import { diffRows, type RowsChange, type SentRows } from './diff.ts';
import { type HostView, readHostRow, viewHost } from './host.ts';
import { readRows } from './read-rows.ts';
import { type AdminRow, type PackedRow, packRow } from './row.ts';

const TICK_MS = 2_000;
/** A reading that takes long is not made more often than this many times its own duration. */
const REST_FACTOR = 4;

export interface Overview {
  host: HostView;
  rows: AdminRow[];
}

export interface Watcher {
  /** Everything, once, then what changes. */
  start(rows: PackedRow[], host: HostView): void;
  change(change: RowsChange, host: HostView): void;
}

export interface Watch {
  /** Tells the watcher until the answered function is called. */
  join(watcher: Watcher): () => void;
  stop(): void;
}

export async function readOverview(db: Db, settings: Settings): Promise<Overview> {
  const [rows, host, promised] = await Promise.all([readRows(db), readHostRow(db), readPromised(db)]);
  return { rows, host: viewHost(host, rows, promised, settings) };
}

export function createWatch(deps: { db: Db; settings: Settings; log: Log }): Watch {
  /** Of those that have been told everything, and of those that wait for the next reading. */
  const told = new Set<Watcher>();
  const waiting = new Set<Watcher>();
  let sent: SentRows = new Map();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading = false;

  const tell = ({ rows, host }: Overview) => {
    const { changed, removed, sent: now } = diffRows(sent, rows);
    sent = now;
    for (const watcher of told) watcher.change({ changed, removed }, host);
    if (waiting.size === 0) return;
    const all = rows.map(packRow);
    for (const watcher of waiting) {
      told.add(watcher);
      watcher.start(all, host);
    }
    waiting.clear();
  };
  const tick = async () => {
    if (reading) return;
    reading = true;
    clearTimeout(timer);
    const start = performance.now();
    try {
      tell(await readOverview(deps.db, deps.settings));
    } catch (error) {
      deps.log.warn({ cause: String(error) }, 'the overview of all sites could not be read');
    }
    reading = false;
    const pause = Math.max(TICK_MS, REST_FACTOR * (performance.now() - start));
    if (told.size + waiting.size > 0) timer = setTimeout(() => void tick(), pause);
  };
  return {
    join(watcher) {
      waiting.add(watcher);
      void tick();
      return () => {
        told.delete(watcher);
        waiting.delete(watcher);
        if (told.size + waiting.size === 0) clearTimeout(timer);
      };
    },
    stop() {
      clearTimeout(timer);
      told.clear();
      waiting.clear();
    },
  };
}
