import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PublicKey } from '#lib/keys/public-key.ts';
import { type Admission, createAdmission } from './admission.ts';
import type { Identity } from './door.ts';
import type { Guard } from './guard.ts';
import { SSH_LIMITS } from './limits.ts';
import { createPenalties } from './penalties.ts';

const LIMITS = {
  ...SSH_LIMITS,
  strangersMax: 4,
  strangersPerSourceMax: 3,
  connectionsMax: 6,
  connectionsPerSiteMax: 2,
};
const WHO: Identity = {
  user: 'root',
  credential: { kind: 'password', sealedPassword: '' },
  access: 'own',
  place: 'site',
  site: null,
};

let admission: Admission;
let nowMs = 0;

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  admission = createAdmission({ limits: LIMITS, penalties: createPenalties(), now: () => nowMs });
});
afterEach(() => void vi.useRealTimers());

function fakeGuard(source: string | null, unread = 0): Guard & { isCut: boolean } {
  const gone = new AbortController();
  let cutBecause: string | null = null;
  const cut = (because: string) => {
    cutBecause ??= because;
    gone.abort();
  };
  return {
    ends: { remote: { address: '', port: 0 }, local: { address: '', port: 0 } },
    source,
    openedAtMs: nowMs,
    lastUseMs: nowMs,
    gone: gone.signal,
    get cutBecause() {
      return cutBecause;
    },
    get isCut() {
      return gone.signal.aborted;
    },
    touch: () => {},
    attach: () => {},
    watch: () => {},
    room: async () => {},
    unreadBytes: () => unread,
    cut,
    end: cut,
  };
}

function enter(source: string | null, unread = 0) {
  const guard = fakeGuard(source, unread);
  admission.enter(guard);
  return guard;
}

describe('strangers', () => {
  it('of one source are bounded, and others still come in', () => {
    for (let count = 0; count < 3; count += 1) enter('a');
    expect(admission.admits('a')).toBe(false);
    expect(admission.admits('b')).toBe(true);
  });

  it('make room at the process’s bound: the oldest of the busiest source goes', () => {
    const [oldest, , , other] = [enter('a'), enter('a'), enter('a'), enter('b')];
    enter('c');
    expect([oldest.isCut, other.isCut]).toEqual([true, false]);
    expect(admission.counts().strangers).toBe(4);
  });

  it('are cut after the grace; one that logged in stays', () => {
    const [silent, guest] = [enter('a'), enter('b')];
    expect(admission.welcome(guest, WHO)).toBe(true);
    vi.advanceTimersByTime(LIMITS.loginGraceMs);
    expect([silent.isCut, guest.isCut]).toEqual([true, false]);
    expect(admission.counts()).toEqual({ strangers: 0, guests: 1 });
  });

  it('are refused for a while after two silent connections, unless on loopback', () => {
    for (const source of ['a', 'a', null, null]) enter(source);
    vi.advanceTimersByTime(LIMITS.loginGraceMs);
    expect([admission.admits('a'), admission.admits(null)]).toEqual([false, true]);
    nowMs = 60_000;
    expect(admission.admits('a')).toBe(true);
  });
});

describe('guests', () => {
  it('are bounded by site and by process, and leave their place when they go', () => {
    const guests = Array.from({ length: 3 }, (_, index) => enter(`source ${index}`));
    expect(guests.map((guard) => admission.welcome(guard, WHO))).toEqual([true, true, false]);
    guests[2]?.cut('told so');
    guests[0]?.cut('left');
    expect(admission.welcome(enter('d'), WHO)).toBe(true);
    for (let count = 0; count < 4; count += 1) admission.welcome(enter(`e${count}`), { ...WHO, place: `${count}` });
    expect(admission.admits('f')).toBe(false);
    expect(admission.counts()).toEqual({ strangers: 0, guests: 6 });
  });

  it('take back what their source did wrong, unless they come with a key that anybody could have made', () => {
    const [nobody, known] = [enter('a'), enter('a')];
    for (let guess = 0; guess < 3; guess += 1) admission.blame(nobody, 'wrong-guesses');
    expect(admission.admits('a')).toBe(false);
    admission.welcome(nobody, { ...WHO, visitor: { key: {} as PublicKey, isNobody: true } });
    expect(admission.admits('a')).toBe(false);
    admission.welcome(known, WHO);
    expect(admission.admits('a')).toBe(true);
  });

  it('that are idle are ended', () => {
    const [idle, busy] = [enter('a'), enter('b')];
    for (const guard of [idle, busy]) admission.welcome(guard, { ...WHO, place: guard.source ?? '' });
    nowMs = LIMITS.idleMs + 1;
    Object.assign(busy, { lastUseMs: nowMs });
    admission.sweep();
    expect([idle.isCut, busy.isCut]).toEqual([true, false]);
  });

  it('lose the greediest while too much input waits in the process', () => {
    const shares = [0.5, 0.9, 0.2].map((share) => enter(`${share}`, share * LIMITS.inputBytesMax));
    for (const guard of shares) admission.welcome(guard, { ...WHO, place: guard.source ?? '' });
    admission.sweep();
    expect(shares.map(({ isCut }) => isCut)).toEqual([false, true, false]);
  });
});
