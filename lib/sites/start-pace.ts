// How soon a container that ended may be started again, and when that is given up. A site whose system is broken, or whose
// root ends its first process, dies at each start; its starts would take the machine and the worker that serves all sites.
// Kept in memory: after a restart of the worker it begins anew.

export interface StartPace {
  /** Milliseconds until the site's container may be started. A new generation was asked for by somebody, and need not wait. */
  waitMs(site: StartedSite): number;
  /** Notes a start. */
  started(site: StartedSite): void;
  /** Of a container that has ended just now: how often it did lately, when that is too often to start it again; else null. */
  storm(site: StartedSite): Storm | null;
  forget(siteId: string): void;
}

export interface StartedSite {
  id: string;
  generation: number;
}

export interface Storm {
  ends: number;
  /** Within so many, rounded up. */
  minutes: number;
}

/** After the first, second … start in a row. Whoever ends his site by accident waits a second. */
const PAUSES_MS = [1_000, 3_000, 10_000, 30_000];
/** Starts that count: a container that lived as long was well. */
const WINDOW_MS = 10 * 60_000;
/** As many within the window are too many: the first one's end, and those of the starts that followed. */
const ENDS_MAX = 5;

export function createStartPace(nowMs: () => number = () => performance.now()): StartPace {
  const rows = new Map<string, { generation: number; startsAt: number[] }>();
  const startsOf = ({ id, generation }: StartedSite) => {
    const row = rows.get(id);
    return row?.generation === generation ? row.startsAt.filter((at) => nowMs() - at < WINDOW_MS) : [];
  };
  return {
    waitMs(site) {
      const starts = startsOf(site);
      const pauseMs = PAUSES_MS[Math.min(starts.length, PAUSES_MS.length) - 1] ?? 0;
      return Math.max(0, (starts.at(-1) ?? 0) + pauseMs - nowMs());
    },
    started: (site) =>
      void rows.set(site.id, { generation: site.generation, startsAt: [...startsOf(site), nowMs()].slice(-ENDS_MAX) }),
    storm(site) {
      const starts = startsOf(site);
      const ends = starts.length + 1;
      if (ends < ENDS_MAX) return null;
      return { ends, minutes: Math.max(1, Math.ceil((nowMs() - (starts[0] ?? 0)) / 60_000)) };
    },
    forget: (siteId) => void rows.delete(siteId),
  };
}
