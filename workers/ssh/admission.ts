// Who may connect, how many at a time, and who must go when it gets full. Strangers (connections that have not logged
// in) are counted by source and by process; the others by site and by process. Memory stays bounded at every number.

import type { Identity } from './door.ts';
import type { Guard } from './guard.ts';
import type { SshLimits } from './limits.ts';
import type { Misdeed, Penalties } from './penalties.ts';

export interface Admission {
  /** May this source open one more connection? */
  admits(source: string | null): boolean;
  /** Counts the connection until it is gone; a stranger must become a guest within the login grace. */
  enter(guard: Guard): void;
  /** The connection has logged in. False when the place (a site) has as many connections as it may. */
  welcome(guard: Guard, identity: Identity): boolean;
  blame(guard: Guard, misdeed: Misdeed): void;
  /** Cuts idle connections, and the greediest while too much input waits in the process. Called by a clock. */
  sweep(): void;
  guests(): ReadonlyMap<Guard, Identity>;
  counts(): { strangers: number; guests: number };
}

export interface AdmissionDeps {
  limits: SshLimits;
  penalties: Penalties;
  now: () => number;
}

const LOOPBACK = 'loopback';

export function createAdmission({ limits, penalties, now }: AdmissionDeps): Admission {
  const strangers = new Map<string, Set<Guard>>();
  const guests = new Map<Guard, Identity>();
  const places = new Map<string, number>();
  let strangerCount = 0;

  const forgetStranger = (guard: Guard): boolean => {
    const key = guard.source ?? LOOPBACK;
    const ofSource = strangers.get(key);
    if (!ofSource?.delete(guard)) return false;
    strangerCount -= 1;
    if (ofSource.size === 0) strangers.delete(key);
    return true;
  };
  const leave = (guard: Guard) => {
    const place = guests.get(guard)?.place;
    if (place === undefined) return;
    guests.delete(guard);
    const left = (places.get(place) ?? 1) - 1;
    if (left > 0) places.set(place, left);
    else places.delete(place);
  };
  const blame = (guard: Guard, misdeed: Misdeed) => {
    if (guard.source !== null) penalties.add(guard.source, misdeed, now());
  };
  const makeRoom = () => {
    if (strangerCount < limits.strangersMax) return;
    const [busiest] = [...strangers.values()].sort((a, b) => b.size - a.size);
    const [oldest] = busiest ?? [];
    oldest?.cut('others wait to log in');
    if (oldest) forgetStranger(oldest);
  };

  return {
    admits(source) {
      if (guests.size + strangerCount >= limits.connectionsMax) return false;
      if ((strangers.get(source ?? LOOPBACK)?.size ?? 0) >= limits.strangersPerSourceMax) return false;
      return source === null || !penalties.isRefused(source, now());
    },
    enter(guard) {
      makeRoom();
      const key = guard.source ?? LOOPBACK;
      const ofSource = strangers.get(key) ?? new Set();
      strangers.set(key, ofSource.add(guard));
      strangerCount += 1;
      const grace = setTimeout(() => {
        if (guests.has(guard)) return;
        blame(guard, 'grace-exceeded');
        guard.cut('it did not log in in time');
      }, limits.loginGraceMs);
      guard.gone.addEventListener('abort', () => {
        clearTimeout(grace);
        if (forgetStranger(guard) && guard.cutBecause === null) blame(guard, 'no-login');
        leave(guard);
      });
    },
    welcome(guard, identity) {
      if (!forgetStranger(guard)) return false;
      // What anybody can do takes no guesses back.
      if (guard.source !== null && !identity.visitor?.isNobody) penalties.clear(guard.source);
      const count = (places.get(identity.place) ?? 0) + 1;
      guests.set(guard, identity);
      places.set(identity.place, count);
      return count <= limits.connectionsPerSiteMax;
    },
    blame,
    sweep() {
      const idleSinceMs = now() - limits.idleMs;
      for (const guard of guests.keys()) if (guard.lastUseMs < idleSinceMs) guard.end('it was idle for too long');
      const waiting = [...guests.keys()].map((guard) => ({ guard, bytes: guard.unreadBytes() }));
      waiting.sort((a, b) => b.bytes - a.bytes);
      let total = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
      for (const { guard, bytes } of waiting) {
        if (total <= limits.inputBytesMax) return;
        guard.cut('too much of its input waits to be read');
        total -= bytes;
      }
    },
    guests: () => guests,
    counts: () => ({ strangers: strangerCount, guests: guests.size }),
  };
}
