// Times in words. Pure: the moment "now" is given.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "in 23 h 5 min", "4 min ago", "in 12 days", "now". */
export function relativeTime(at: number, now: number): string {
  const distance = at - now;
  const words = span(Math.abs(distance));
  if (words === null) return 'now';
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

/** How long something took: "0.8 s", "12 s", "3 min 20 s". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(ms, 0) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function span(ms: number): string | null {
  if (ms < MINUTE) return null;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < 2 * DAY) {
    const minutes = Math.floor((ms % HOUR) / MINUTE);
    return `${Math.floor(ms / HOUR)} h${minutes ? ` ${minutes} min` : ''}`;
  }
  return `${Math.floor(ms / DAY)} days`;
}
