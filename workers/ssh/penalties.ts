// Sources that behave badly wait. Each bad ending of a connection adds seconds (OpenSSH's PerSourcePenalties); from 15 s
// on the source's new connections are refused until they have passed. A login clears it, and it never grows past a
// minute, because behind one address there may be a school. Refused to loopback: there everybody has the same address.

export type Misdeed = 'wrong-guesses' | 'no-login' | 'grace-exceeded' | 'broken-protocol';

const PENALTY_MS: Record<Misdeed, number> = {
  'wrong-guesses': 5_000,
  'no-login': 1_000,
  'grace-exceeded': 10_000,
  'broken-protocol': 5_000,
};
const ACTIVE_FROM_MS = 15_000;
const PENALTY_MS_MAX = 60_000;
const SOURCES_MAX = 10_000;

export interface Penalties {
  add(source: string, misdeed: Misdeed, nowMs: number): void;
  clear(source: string): void;
  isRefused(source: string, nowMs: number): boolean;
}

export function createPenalties(): Penalties {
  /** Until when, and whether it has reached the mark at which refusing starts. Oldest change first. */
  const entries = new Map<string, { untilMs: number; isActive: boolean }>();
  return {
    add(source, misdeed, nowMs) {
      const known = entries.get(source);
      const untilMs = Math.min(Math.max(known?.untilMs ?? 0, nowMs) + PENALTY_MS[misdeed], nowMs + PENALTY_MS_MAX);
      const wasActive = (known?.isActive ?? false) && (known?.untilMs ?? 0) > nowMs;
      entries.delete(source);
      entries.set(source, { untilMs, isActive: wasActive || untilMs - nowMs >= ACTIVE_FROM_MS });
      if (entries.size > SOURCES_MAX) entries.delete(entries.keys().next().value ?? '');
    },
    clear: (source) => void entries.delete(source),
    isRefused(source, nowMs) {
      const entry = entries.get(source);
      if (!entry) return false;
      if (entry.untilMs <= nowMs) entries.delete(source);
      return entry.isActive && entry.untilMs > nowMs;
    },
  };
}

/** What counts as one source: an IPv4 address, or an IPv6 network of 64 bits. Null: loopback, which is exempt. */
export function sourceOf(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (plain === '::1' || plain.startsWith('127.')) return null;
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const groups = head.split(':').filter(Boolean);
  const tailGroups = tail.split(':').filter(Boolean);
  const missing = plain.includes('::') ? 8 - groups.length - tailGroups.length : 0;
  return `${[...groups, ...Array.from({ length: missing }, () => '0'), ...tailGroups].slice(0, 4).join(':')}::/64`;
}
