// Writes readings down: the newest of each site, the points of history, and when somebody last visited. What PostgreSQL
// could not take waits in `slots`.

import type { Db } from '#lib/db/client.ts';
import { recordSlot } from '#lib/usage/points.ts';
import type { Reading } from '#lib/usage/reading.ts';
import { markActive, recordHost, recordUsage } from '#lib/usage/record.ts';
import type { Slots } from '#lib/usage/slots.ts';

export interface RecorderDeps {
  db: Db;
  node: string;
  slots: Slots;
}

/** A visited site's row is written this often. */
const ACTIVE_EVERY_MS = 10_000;

export interface Recorder {
  record(reading: Reading): Promise<void>;
  /** Writes what is still being gathered, before the process ends. */
  finish(): Promise<void>;
}

export function createRecorder({ db, node, slots }: RecorderDeps): Recorder {
  const marked = new Map<string, number>();

  const mark = async ({ sites, host }: Reading) => {
    const atMs = host.at.getTime();
    const visited = sites.filter(({ requests, openRequests }) => requests > 0 || openRequests > 0);
    const due = visited.filter(({ siteId }) => atMs - (marked.get(siteId) ?? 0) >= ACTIVE_EVERY_MS);
    await markActive(
      db,
      due.map(({ siteId }) => siteId),
      host.at,
    );
    for (const { siteId } of due) marked.set(siteId, atMs);
    for (const [siteId, at] of marked) if (atMs - at > 2 * ACTIVE_EVERY_MS) marked.delete(siteId);
  };
  const writeSlots = async (all: boolean) => {
    for (const slot of slots.waiting(all)) {
      await recordSlot(db, node, slot);
      slots.drop(slot);
    }
  };
  return {
    async record(reading) {
      const rows = reading.sites.map((site) => ({
        ...site,
        ...slots.lastMinute(site.siteId),
        ...slots.networkRate(site.siteId),
      }));
      await recordUsage(db, rows);
      await recordHost(db, node, reading.host);
      await mark(reading);
      await writeSlots(false);
    },
    finish: () => writeSlots(true),
  };
}
