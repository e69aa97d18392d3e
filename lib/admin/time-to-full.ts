// When a disk will be full if it goes on growing as it did lately.

/** Growth below this is noise: logs, a session's history. */
const GROWTH_BYTES_PER_HOUR_MIN = 1024 * 1024;
const HOUR_MS = 3_600_000;
/** Farther away than this, nobody plans by an estimate from an hour's growth. */
const MS_MAX = 30 * 24 * HOUR_MS;

export interface Filling {
  used: number | null;
  max: number;
  /** Bytes an hour. */
  growth: number;
}

/** Milliseconds until the limit; 0: it is reached. Null: it does not grow, or so slowly that there is nothing to tell. */
export function timeToFull({ used, max, growth }: Filling): number | null {
  if (used === null) return null;
  if (used >= max) return 0;
  if (growth < GROWTH_BYTES_PER_HOUR_MIN) return null;
  const ms = ((max - used) / growth) * HOUR_MS;
  return ms > MS_MAX ? null : ms;
}

/** "full", "full in ~40 min", "full in ~3 h", "full in ~5 days": no more exact than the estimate is. */
export function timeToFullWords(ms: number): string {
  if (ms === 0) return 'full';
  const minutes = ms / 60_000;
  if (minutes < 1.5) return 'full in ~1 min';
  if (minutes < 10) return `full in ~${Math.round(minutes)} min`;
  if (minutes < 90) return `full in ~${Math.round(minutes / 5) * 5} min`;
  const hours = minutes / 60;
  return hours < 48 ? `full in ~${Math.round(hours)} h` : `full in ~${Math.round(hours / 24)} days`;
}
