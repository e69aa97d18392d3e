// What the kernel limits and a site can use up: disk, files, memory, processes, CPU, and the log. Pure.

import type { SiteLimits } from '../sites/limits.ts';
import type { SiteReading } from '../usage/reading.ts';
import { type Judgement, type JudgeState, smooth } from './judged.ts';
import { kept, reached } from './levels.ts';
import * as sentences from './sentences.ts';
import type { VerdictKind, VerdictLevel } from './verdict.ts';

/** A refusal stays in view for as long after the last one. */
export const REFUSED_MS = 30_000;
/** A write that does not fit is refused as a whole, with what the filesystem sets aside for it: this much stays free. */
const DISK_SLACK_BYTES = 1 << 20;
/** Half of what was is forgotten in 20 s: a site that is held back all the time has its verdict after 36 s. */
const CPU_TAU_MS = 30_000;
const CPU_REACHED = 0.7;
const CPU_KEPT = 0.35;
const LOG_TAU_MS = 10_000;
/** A log that is written over within this time is flooded. */
const LOG_SECONDS = 20;
/** What a flood counts for at the most, in shares of the mark: it is over half a minute after its end, however wild it was. */
const LOG_FLOOD_MAX = 8;

export function judgeDisk(limits: SiteLimits, reading: SiteReading, heldFor: string | null): Judgement {
  const [used, max] = [reading.diskBytes, limits.diskBytesMax];
  const isHeld = heldFor?.startsWith(sentences.POOL_WORDS) ?? false;
  return {
    kind: 'disk',
    at: isHeld ? 'over' : reached(used, max, used >= max - Math.min(DISK_SLACK_BYTES, max / 100)),
    keeps: kept(used, max),
    numbers: { used, max },
    say: (level) => {
      const sentence = sentences.diskSentence(level, { used, max });
      return isHeld && heldFor ? { ...sentence, text: heldFor } : sentence;
    },
  };
}

/** Null: nobody has counted yet. */
export function judgeInodes(limits: SiteLimits, reading: SiteReading): Judgement | null {
  if (reading.inodes === null) return null;
  const [used, max] = [reading.inodes, limits.inodesMax];
  const at = reached(used, max, used >= max);
  const say = (level: VerdictLevel) => sentences.inodesSentence(level, { used, max });
  // Its release lets the disk grow again, so it waits for a tenth of room.
  const keeps = used >= 0.9 * max ? 'over' : kept(used, max);
  return { kind: 'inodes', at, keeps, numbers: { used, max }, say };
}

export function judgeMemory(limits: SiteLimits, reading: SiteReading, state: JudgeState): Judgement {
  const kills = grown(reading, state, 'oomKills');
  return judgeRefusals(
    {
      kind: 'memory',
      used: reading.memoryBytes,
      max: limits.memoryBytesMax,
      refused: kills,
      say: sentences.memorySentence,
    },
    reading,
    state,
  );
}

export function judgeProcesses(limits: SiteLimits, reading: SiteReading, state: JudgeState): Judgement {
  const refused = grown(reading, state, 'forksRefused');
  return judgeRefusals(
    { kind: 'processes', used: reading.pids, max: limits.pidsMax, refused, say: sentences.processesSentence },
    reading,
    state,
  );
}

/** What the kernel counted since the last judgement, also when readings between were lost. */
function grown(reading: SiteReading, { machine }: JudgeState, name: 'oomKills' | 'forksRefused'): number {
  if (machine === null || machine.instanceId !== reading.instanceId) return reading.since[name];
  const now = reading.counters[name];
  return now >= machine[name] ? now - machine[name] : now;
}

interface Refusable {
  kind: VerdictKind;
  used: number;
  max: number;
  refused: number;
  say(level: VerdictLevel, numbers: { used: number; max: number; refused: number }): sentences.Sentence;
}

/** The refusals of one stretch of time are told together. */
function judgeRefusals(
  { kind, used, max, refused, say }: Refusable,
  { at: now }: SiteReading,
  state: JudgeState,
): Judgement {
  const open = state.open[kind];
  const refusedAt = refused > 0 ? now.getTime() : (open?.refusedAt ?? null);
  const isOver = refusedAt !== null && now.getTime() - refusedAt < REFUSED_MS;
  const before = open?.level === 'over' ? (open.numbers.refused ?? 0) : 0;
  const numbers = { used, max, refused: refused + before };
  const keeps = kept(used, max);
  return {
    kind,
    at: reached(used, max, isOver),
    keeps: keeps === 'over' ? 'critical' : keeps,
    refusedAt: isOver ? refusedAt : null,
    numbers,
    say: (level) => say(level, numbers),
  };
}

/** Changes the state's mean. */
export function judgeCpu(limits: SiteLimits, reading: SiteReading, state: JudgeState): Judgement {
  state.cpuHeld = smooth(state.cpuHeld, reading.throttledShare, reading.spanMs, CPU_TAU_MS);
  const [used, max] = [reading.cpuMillis, limits.cpuMillisMax];
  return {
    kind: 'cpu',
    at: state.cpuHeld >= CPU_REACHED ? 'throttled' : null,
    keeps: state.cpuHeld >= CPU_KEPT ? 'throttled' : null,
    numbers: { used, max, heldPercent: Math.round(state.cpuHeld * 100) },
    say: () => sentences.cpuSentence({ max }),
  };
}

/** Changes the state's mean. */
export function judgeLog(limits: SiteLimits, reading: SiteReading, state: JudgeState): Judgement {
  const mark = limits.logBytesMax / LOG_SECONDS;
  const counted = Math.min(reading.logBytesPerSecond, mark * LOG_FLOOD_MAX);
  state.logBytesPerSecond = smooth(state.logBytesPerSecond, counted, reading.spanMs, LOG_TAU_MS);
  const used = Math.round(state.logBytesPerSecond);
  // The mean is still on its way: what the app writes now is the number to tell.
  const numbers = { used: Math.max(used, Math.round(reading.logBytesPerSecond)), max: limits.logBytesMax };
  return {
    kind: 'log',
    at: used >= mark ? 'warn' : null,
    keeps: used >= mark / 2 ? 'warn' : null,
    numbers,
    say: () => sentences.logSentence(numbers),
  };
}
