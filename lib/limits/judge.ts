// The policy: what one reading of one site means. One reading acts, two below a lower mark release. Pure: what it says is
// written by lib/limits/store.ts and done by the deploy worker.

import type { SiteLimits } from '../sites/limits.ts';
import type { SiteReading } from '../usage/reading.ts';
import { mayTell } from './event-pace.ts';
import { judgeNetwork, judgeRestarts } from './judge-behaviour.ts';
import { judgeCpu, judgeDisk, judgeInodes, judgeLog, judgeMemory, judgeProcesses } from './judge-resources.ts';
import { judgeExpiry, judgeIdle } from './judge-time.ts';
import type { JudgedSite, Judgement, JudgeState, OpenVerdict } from './judged.ts';
import { rankOf } from './levels.ts';
import { POOL_WORDS, wellSentence } from './sentences.ts';
import type { Action, Verdict, VerdictKind, VerdictLevel } from './verdict.ts';

export interface ToldEvent {
  kind: VerdictKind;
  /** A verdict's level, or `info`: well again. */
  level: VerdictLevel | 'info';
  text: string;
  numbers: Record<string, number>;
}

export interface Outcome {
  state: JudgeState;
  opened: Verdict[];
  /** Of another level than before. */
  changed: Verdict[];
  /** Of the same level, with new numbers. */
  refreshed: Verdict[];
  released: VerdictKind[];
  events: ToldEvent[];
  actions: Action[];
}

/** The words of an open verdict follow its numbers no more often. */
const REFRESH_MS = 10_000;
const READINGS_BELOW = 2;
/** Facts, not measurements: these end as soon as they are not so. */
const AT_ONCE: ReadonlySet<VerdictKind> = new Set(['idle', 'expiry', 'restarts']);

/** `reading`: null when there is none; what it would tell of stays as it was. */
export function judge(
  limits: SiteLimits,
  reading: SiteReading | null,
  before: JudgeState,
  now: Date,
  site: JudgedSite,
): Outcome {
  const state = { ...before, open: { ...before.open }, told: { ...before.told } };
  const outcome: Outcome = { state, opened: [], changed: [], refreshed: [], released: [], events: [], actions: [] };
  const judged = [judgeExpiry(site, now), judgeIdle(site, reading, now)];
  if (site.state === 'live') {
    judged.push(judgeRestarts(site, reading, state, now), judgeNetwork(site, limits, reading, state, now));
  }
  const resources = reading && site.state === 'live' ? judgeResources(limits, reading, state, site) : [];
  for (const judgement of [...judged.map((each) => each.judgement), ...resources]) settle(outcome, judgement, now);
  outcome.actions.push(...judged.flatMap(({ action }) => action ?? []), ...diskActions(outcome, site, reading));
  if (reading?.instanceId) {
    const { oomKills, forksRefused } = reading.counters;
    state.machine = { instanceId: reading.instanceId, oomKills, forksRefused };
  }
  return outcome;
}

function judgeResources(limits: SiteLimits, reading: SiteReading, state: JudgeState, site: JudgedSite): Judgement[] {
  return [
    judgeDisk(limits, reading, site.diskHeldFor),
    judgeInodes(limits, reading),
    judgeMemory(limits, reading, state),
    judgeProcesses(limits, reading, state),
    judgeCpu(limits, reading, state),
    judgeLog(limits, reading, state),
  ].filter((judgement) => judgement !== null);
}

/** Opens, changes or releases the verdict of one kind. */
function settle(outcome: Outcome, judgement: Judgement, now: Date): void {
  const { kind, numbers } = judgement;
  const { state } = outcome;
  const open = state.open[kind] ?? null;
  const { level, below } = nextLevel(open, judgement);
  if (level === null) {
    if (!open) return;
    delete state.open[kind];
    outcome.released.push(kind);
    const text = wellSentence(kind, numbers);
    if (text) tell(outcome, { kind, level: 'info', text, numbers }, now);
    return;
  }
  const isSame = open?.level === level;
  const sentence = open && isSame && below > 0 ? { text: open.text, hint: open.hint } : judgement.say(level);
  const verdict: Verdict = { kind, level, ...sentence, numbers };
  const isNew = !isSame || (sentence.text !== open.text && now.getTime() - open.writtenAt >= REFRESH_MS);
  state.open[kind] = {
    ...verdict,
    since: open?.since ?? now.getTime(),
    below,
    refusedAt: judgement.refusedAt ?? null,
    writtenAt: isNew ? now.getTime() : open.writtenAt,
  } satisfies OpenVerdict;
  if (!isNew) return;
  if (!open) outcome.opened.push(verdict);
  else if (isSame) outcome.refreshed.push(verdict);
  else outcome.changed.push(verdict);
  if (!isSame) tell(outcome, { kind, level, text: verdict.text, numbers }, now);
}

function nextLevel(open: OpenVerdict | null, { kind, at, keeps }: Judgement) {
  if (!open || rankOf(at) >= rankOf(open.level) || AT_ONCE.has(kind)) return { level: at, below: 0 };
  if (rankOf(keeps) >= rankOf(open.level)) return { level: open.level, below: 0 };
  const below = open.below + 1;
  if (below < READINGS_BELOW) return { level: open.level, below };
  return { level: rankOf(keeps) > rankOf(at) ? keeps : at, below: 0 };
}

function tell(outcome: Outcome, event: ToldEvent, now: Date): void {
  const { told } = outcome.state;
  const pace = mayTell(told[event.kind] ?? null, now.getTime());
  told[event.kind] = pace.next;
  if (pace.isAllowed) outcome.events.push(event);
}

/** A disk that is held for its files is freed when they are fewer; one that is held for the pool is not ours to free. */
function diskActions({ state }: Outcome, { diskHeldFor }: JudgedSite, reading: SiteReading | null): Action[] {
  if (reading === null || reading.inodes === null) return [];
  const open = state.open.inodes;
  if (open?.level === 'over') return diskHeldFor === null ? [{ do: 'hold-disk', text: open.text }] : [];
  return diskHeldFor !== null && !diskHeldFor.startsWith(POOL_WORDS) ? [{ do: 'release-disk' }] : [];
}
