// What a site's time says: nobody asks for it, or its end is near. Pure.

import type { SiteReading } from '../usage/reading.ts';
import type { JudgedSite, Judgement } from './judged.ts';
import { expirySentence, idleSentence } from './sentences.ts';
import type { Action, VerdictLevel } from './verdict.ts';

const MINUTE_MS = 60_000;
/** Told before the end, but not before this share of the site's life is left. */
const EXPIRY = { warn: { minutes: 60, share: 0.5 }, critical: { minutes: 10, share: 0.1 } } as const;

type Judged = { judgement: Judgement; action: Action | null };

/** Without a reading nobody knows whether requests are open, so nothing is put to rest. */
export function judgeIdle(site: JudgedSite, reading: SiteReading | null, now: Date): Judged {
  const rest = site.heldBy === null ? nextRest(site, reading, now) : site.rest;
  const level = rest === 'awake' ? null : 'idle';
  // An admin may have put it to rest.
  const isIdle = minutesIdle(site, now) >= minutesUntil(site, rest);
  const minutes = isIdle ? minutesUntil(site, rest) : 0;
  const judgement: Judgement = {
    kind: 'idle',
    at: level,
    keeps: level,
    numbers: { minutes },
    say: () => idleSentence(minutes),
  };
  const isChange = rest !== site.rest && rest !== 'awake';
  return { judgement, action: isChange ? { do: 'rest', rest } : null };
}

/** Only ever deeper: waking is not the keeper's. */
function nextRest(site: JudgedSite, reading: SiteReading | null, now: Date): JudgedSite['rest'] {
  const { rest, state } = site;
  const isAsked = reading === null ? rest === 'awake' : reading.openRequests > 0 || reading.requests > 0;
  if (state !== 'live' || isAsked) return rest;
  const isPast = (minutes: number | null) => minutes !== null && minutesIdle(site, now) >= minutes;
  if (isPast(site.stopAfterMinutes)) return 'stopped';
  return rest === 'awake' && isPast(site.freezeAfterMinutes) ? 'frozen' : rest;
}

function minutesUntil({ freezeAfterMinutes, stopAfterMinutes }: JudgedSite, rest: JudgedSite['rest']): number {
  if (rest === 'stopped') return stopAfterMinutes ?? freezeAfterMinutes ?? 0;
  return freezeAfterMinutes ?? 0;
}

function minutesIdle({ activeAt, claimedAt }: JudgedSite, now: Date): number {
  return (now.getTime() - Math.max(activeAt.getTime(), claimedAt.getTime())) / MINUTE_MS;
}

/** Guests' sites alone end: a date on anybody else's is passed over. */
export function judgeExpiry(site: JudgedSite, now: Date): Judged {
  const leftMs = site.expiresAt && site.ownerRole === 'guest' ? site.expiresAt.getTime() - now.getTime() : null;
  const level = leftMs === null ? null : expiryLevel(leftMs, site);
  const minutes = Math.max(0, Math.ceil((leftMs ?? 0) / MINUTE_MS));
  const judgement: Judgement = {
    kind: 'expiry',
    at: level,
    keeps: level,
    numbers: { minutes },
    say: () => expirySentence(level === 'expired' ? 0 : minutes),
  };
  return { judgement, action: level === 'expired' ? { do: 'delete' } : null };
}

function expiryLevel(leftMs: number, { expiresAt, claimedAt }: JudgedSite): VerdictLevel | null {
  if (leftMs <= 0) return 'expired';
  const lifeMs = (expiresAt?.getTime() ?? 0) - claimedAt.getTime();
  const isNear = ({ minutes, share }: { minutes: number; share: number }) =>
    leftMs <= Math.min(minutes * MINUTE_MS, lifeMs * share);
  if (isNear(EXPIRY.critical)) return 'critical';
  return isNear(EXPIRY.warn) ? 'warn' : null;
}
