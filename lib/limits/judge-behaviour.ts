// What no limit of the kernel ends: a site that dies again and again, and one that keeps trying what the network refuses.
// Both are told, and stopped when they go on. Pure.

import type { SiteLimits } from '../sites/limits.ts';
import type { SiteReading } from '../usage/reading.ts';
import type { JudgedSite, Judgement, JudgeState } from './judged.ts';
import { type NetworkAbuse, networkHoldSentence, networkSentence, stormSentence } from './sentences.ts';
import type { Action, VerdictLevel } from './verdict.ts';

/** A restart, a wake or a start by hand has made its container by then. */
const ASKED_MS = 60_000;
export const STORM = { minutes: 5, appEnds: 10, containerEnds: 5 };

/** A second takes so many out of a bucket; it is an abuse from `full` on, and never counts beyond `max`. */
const BUCKETS: Record<NetworkAbuse, { perSecond: number; full: number; max: number }> = {
  // An app that cannot reach its database tries once or twice a second; a scan fills the bucket at once.
  closed: { perSecond: 2, full: 300, max: 400 },
  connections: { perSecond: 10, full: 2_000, max: 3_000 },
};
export const ABUSE_MINUTES = 3;

type Judged = { judgement: Judgement; action: Action | null };

/** Changes the state's lists of ends. */
export function judgeRestarts(site: JudgedSite, reading: SiteReading | null, state: JudgeState, now: Date): Judged {
  if (site.heldBy === 'storm') {
    const hint = stormSentence('app', { ends: 0, minutes: 0 }).hint;
    [state.appEnds, state.containerEnds] = [[], []];
    return {
      judgement: storm({ ends: 0, minutes: STORM.minutes }, { text: site.heldFor ?? 'The site was stopped.', hint }),
      action: null,
    };
  }
  if (reading) noteEnds(site, reading, state, now);
  const what = state.containerEnds.length >= STORM.containerEnds ? 'container' : 'app';
  const ends = what === 'container' ? state.containerEnds.length : state.appEnds.length;
  const numbers = { ends, minutes: STORM.minutes };
  const sentence = stormSentence(what, numbers);
  const isStorm = site.heldBy === null && (what === 'container' || ends >= STORM.appEnds);
  if (isStorm)
    return { judgement: storm(numbers, sentence), action: { do: 'hold', cause: 'storm', text: sentence.text } };
  return { judgement: { ...storm(numbers, sentence), at: null, keeps: null }, action: null };
}

function storm(numbers: Record<string, number>, sentence: { text: string; hint: string }): Judgement {
  return { kind: 'restarts', at: 'storm', keeps: 'storm', numbers, say: () => sentence };
}

/** Another container, or the same one begun again, that nobody asked for: the one before ended. */
function noteEnds(site: JudgedSite, reading: SiteReading, state: JudgeState, now: Date): void {
  const what = `${site.generation} ${site.rest} ${site.heldBy}`;
  if (state.asked.what !== what) state.asked = { what, until: now.getTime() + ASKED_MS };
  const isWonder = isAnother(reading, state) && now.getTime() >= state.asked.until;
  const after = now.getTime() - STORM.minutes * 60_000;
  const add = (before: number[], number: number, max: number) =>
    [...before, ...Array.from({ length: Math.min(number, max) }, () => now.getTime())]
      .filter((at) => at > after)
      .slice(-max);
  state.appEnds = add(state.appEnds, reading.appRestarts, STORM.appEnds);
  state.containerEnds = add(state.containerEnds, isWonder ? 1 : 0, STORM.containerEnds);
}

function isAnother({ instanceId, spanMs, counters }: SiteReading, { machine }: JudgeState): boolean {
  if (machine === null || instanceId === null) return false;
  return machine.instanceId !== instanceId || spanMs === 0 || counters.cpuMicros < machine.cpuMicros;
}

/** Changes the state's buckets. */
export function judgeNetwork(
  site: JudgedSite,
  limits: SiteLimits,
  reading: SiteReading | null,
  state: JudgeState,
  now: Date,
): Judged {
  if (site.heldBy === 'network') {
    Object.assign(state, { closed: 0, connections: 0, abusedAt: null });
    const { hint } = networkHoldSentence('closed', ABUSE_MINUTES);
    return {
      judgement: abuse(state, { text: site.heldFor ?? 'The site was stopped.', hint }, 'abusive'),
      action: null,
    };
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
  return { judgement, action: { do: 'hold', cause: 'network', text: networkHoldSentence(what, ABUSE_MINUTES).text } };
}

function abuse(state: JudgeState, sentence: { text: string; hint: string }, at: VerdictLevel | null): Judgement {
  return { kind: 'network', at, keeps: at, numbers: state.open.network?.numbers ?? {}, say: () => sentence };
}

function fill(before: number, refused: number, spanMs: number, what: NetworkAbuse): number {
  const { perSecond, max } = BUCKETS[what];
  return Math.min(max, Math.max(0, before - (perSecond * spanMs) / 1_000) + refused);
}

function share(state: JudgeState, what: NetworkAbuse): number {
  return state[what] / BUCKETS[what].full;
}
