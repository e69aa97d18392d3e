// How fast a disk grows, from what it held in the last minutes: the median of the slopes between all pairs of looks
// (Theil–Sen), so that one big file, or one look that came late, does not count as a trend. Pure but for its memory.

export interface Growth {
  /** Takes a look and answers bytes an hour; 0 until there is enough to tell. */
  add(siteId: string, atMs: number, bytes: number): number;
  keepOnly(siteIds: ReadonlySet<string>): void;
}

interface Look {
  atMs: number;
  bytes: number;
}

const LOOK_EVERY_MS = 30_000;
/** Ten minutes. */
const LOOKS_MAX = 20;
const LOOKS_MIN = 3;
/** Less than this within the looks is no trend: a site's first own files, clocks, small logs. */
const BYTES_MIN = 1 << 20;
const HOUR_MS = 3_600_000;

export function createGrowth(): Growth {
  const sites = new Map<string, { looks: Look[]; perHour: number }>();
  return {
    add(siteId, atMs, bytes) {
      const site = sites.get(siteId) ?? { looks: [], perHour: 0 };
      sites.set(siteId, site);
      const last = site.looks.at(-1);
      if (last && atMs - last.atMs < LOOK_EVERY_MS) return site.perHour;
      site.looks = [...site.looks.slice(1 - LOOKS_MAX), { atMs, bytes }];
      const moved = Math.abs(bytes - (site.looks[0]?.bytes ?? bytes));
      site.perHour = moved < BYTES_MIN ? 0 : slopePerHour(site.looks);
      return site.perHour;
    },
    keepOnly(siteIds) {
      for (const id of sites.keys()) if (!siteIds.has(id)) sites.delete(id);
    },
  };
}

/** Bytes an hour, whole; 0 of fewer than three looks. */
export function slopePerHour(looks: readonly Look[]): number {
  if (looks.length < LOOKS_MIN) return 0;
  const slopes: number[] = [];
  for (const [index, later] of looks.entries()) {
    for (const earlier of looks.slice(0, index)) {
      if (later.atMs > earlier.atMs) slopes.push((later.bytes - earlier.bytes) / (later.atMs - earlier.atMs));
    }
  }
  if (slopes.length === 0) return 0;
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  const median =
    slopes.length % 2 === 1 ? (slopes[middle] ?? 0) : ((slopes[middle - 1] ?? 0) + (slopes[middle] ?? 0)) / 2;
  return Math.round(median * HOUR_MS);
}
