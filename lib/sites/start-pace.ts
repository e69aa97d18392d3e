// How soon a container that ended may be started again. A site whose system is broken, or whose root ends its first
// process, dies at each start; without a pause its starts would take the machine and the worker that serves all sites.
// Kept in memory: after a restart of the worker it begins anew.

export interface StartPace {
  /** Milliseconds until the site's container may be started. A new generation was asked for by somebody, and need not wait. */
  waitMs(site: StartedSite): number;
  /** Notes a start; answers how many there were in a row, each soon after the one before. */
  started(site: StartedSite): number;
  forget(siteId: string): void;
}

export interface StartedSite {
  id: string;
  generation: number;
}

/** After the first, second … start in a row. Whoever ends his site by accident waits a second. */
const PAUSES_MS = [1_000, 3_000, 10_000, 30_000, 60_000, 300_000];
/** A container that lived as long was well. */
const STEADY_MS = 10 * 60_000;

export function createStartPace(nowMs: () => number = () => performance.now()): StartPace {
  const rows = new Map<string, { generation: number; count: number; startedAt: number }>();
  const rowOf = ({ id, generation }: StartedSite) => {
    const row = rows.get(id);
    return row?.generation === generation && nowMs() - row.startedAt < STEADY_MS ? row : null;
  };
  return {
    waitMs(site) {
      const row = rowOf(site);
      if (!row) return 0;
      const pauseMs = PAUSES_MS[Math.min(row.count, PAUSES_MS.length) - 1] ?? 0;
      return Math.max(0, row.startedAt + pauseMs - nowMs());
    },
    started(site) {
      const count = (rowOf(site)?.count ?? 0) + 1;
      rows.set(site.id, { generation: site.generation, count, startedAt: nowMs() });
      return count;
    },
    forget: (siteId) => void rows.delete(siteId),
  };
}
