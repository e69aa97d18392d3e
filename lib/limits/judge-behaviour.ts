// What no limit of the kernel ends: a site that dies again and again, and one that keeps trying what the network refuses.
// Both are told, and stopped when they go on. Pure.

import { heldWords } from '../sites/held.ts';
import type { SiteLimits } from '../sites/limits.ts';
import type { SiteReading } from '../usage/reading.ts';
import type { JudgedSite, Judgement, JudgeState } from './judged.ts';
import { type NetworkAbuse, networkHoldText, networkSentence, type Sentence, stormSentence } from './sentences.ts';
import type { Action, VerdictLevel } from './verdict.ts';

export const STORM = { ends: 10, minutes: 5 };

/** A second takes so many out of a bucket; it is an abuse from `full` on, and never counts beyond `max`. */
const BUCKETS: Record<NetworkAbuse, { perSecond: number; full: number; max: number }> = {
  // An app that cannot reach its database tries once or twice a second; a scan fills the bucket at once.
  closed: { perSecond: 2, full: 300, max: 400 },
  connections: { perSecond: 10, full: 2_000, max: 3_000 },
};
export const ABUSE_MINUTES = 3;
const CALM_NETWORK = { closed: 0, connections: 0, abusedAt: null };

type Judged = { judgement: Judgement; action: Action | null };

/** Containers that end are held where they are started (lib/sites/start-pace.ts). Changes the state's list. */
export function judgeRestarts(site: JudgedSite, reading: SiteReading | null, state: JudgeState, now: Date): Judged {
  const held = site.heldBy === 'storm' ? heldWords(site) : null;
  if (held) {
    state.appRestarts = [];
    const numbers = state.open.restarts?.numbers ?? {};
    return { judgement: storm(numbers, { text: held.message, hint: held.hint }, 'storm'), action: null };
  }
  const after = now.getTime() - STORM.minutes * 60_000;
  const ended = Array.from({ length: Math.min(reading?.appRestarts ?? 0, STORM.ends) }, () => now.getTime());
  state.appRestarts = [...state.appRestarts, ...ended].filter((at) => at > after).slice(-STORM.ends);
  const numbers = { ends: state.appRestarts.length, minutes: STORM.minutes };
  const sentence = stormSentence(numbers);
  if (numbers.ends < STORM.ends || site.heldBy) return { judgement: storm(numbers, sentence, null), action: null };
  state.appRestarts = []; // Whoever starts the site again before the next reading must not be held for the same ends.
  return { judgement: storm(numbers, sentence, 'storm'), action: { do: 'hold', cause: 'storm', text: sentence.text } };
}

function storm(numbers: Record<string, number>, sentence: Sentence, at: 'storm' | null): Judgement {
  return { kind: 'restarts', at, keeps: at, numbers, say: () => sentence };
}

/** Changes the state's buckets. */
export function judgeNetwork(
  site: JudgedSite,
  limits: SiteLimits,
  reading: SiteReading | null,
  state: JudgeState,
  now: Date,
): Judged {
  const held = site.heldBy === 'network' ? heldWords(site) : null;
  if (held) {
    Object.assign(state, CALM_NETWORK);
    return { judgement: abuse(state, { text: held.message, hint: held.hint }, 'abusive'), action: null };
  }
  if (reading) {
    state.closed = fill(state.closed, reading.refused.closed, reading.spanMs, 'closed');
    state.connections = fill(state.connections, reading.refused.connections, reading.spanMs, 'connections');
  }
  const shares = { closed: share(state, 'closed'), connections: share(state, 'connections') };
  const what: NetworkAbuse = shares.connections > shares.closed ? 'connections' : 'closed';
  const isAbusive = shares[what] >= 1;
  state.abusedAt = isAbusive ? (state.abusedAt ?? now.getTime()) : null;
  const refused = (state.open.network?.numbers.refused ?? 0) + (reading?.refused[what] ?? 0);
  const numbers = { refused: Math.max(Math.round(state[what]), refused), max: limits.newConnectionsMax };
  const level = isAbusive ? 'abusive' : null;
  const judgement: Judgement = {
    ...abuse(state, networkSentence(what, numbers), level),
    keeps: shares[what] >= 0.5 ? 'abusive' : null,
    numbers,
  };
  const isOver = state.abusedAt !== null && now.getTime() - state.abusedAt >= ABUSE_MINUTES * 60_000;
  if (!isOver || site.heldBy !== null || site.state !== 'live') return { judgement, action: null };
  Object.assign(state, CALM_NETWORK); // As with the ends of an app.
  return { judgement, action: { do: 'hold', cause: 'network', text: networkHoldText(what, ABUSE_MINUTES) } };
}

function abuse(state: JudgeState, sentence: Sentence, at: VerdictLevel | null): Judgement {
  return { kind: 'network', at, keeps: at, numbers: state.open.network?.numbers ?? {}, say: () => sentence };
}

function fill(before: number, refused: number, spanMs: number, what: NetworkAbuse): number {
  const { perSecond, max } = BUCKETS[what];
  return Math.min(max, Math.max(0, before - (perSecond * spanMs) / 1_000) + refused);
}

function share(state: JudgeState, what: NetworkAbuse): number {
  return state[what] / BUCKETS[what].full;
}
