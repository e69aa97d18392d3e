// Which message an event goes into, and when that is sent. The first of a group goes soon, with what comes in its first
// seconds; later ones wait and go as one summary, longer each time, unless it got worse. A channel has a brake: past it,
// one summary of all that sites do.

import { rankOf } from '../limits/levels.ts';
import { groupOf, type TellableEvent } from './channel.ts';

export const SOON_MS = 3_000;
/** Until the second, third … message of a group that was told of in the last hours. */
export const PAUSES_MS = [5, 10, 20, 40, 60].map((minutes) => minutes * 60_000);
/** For how long a group is remembered. */
export const MEMORY_MS = 6 * 3_600_000;
export const BRAKE_MAX = 30;
export const BRAKE_MS = 3_600_000;
/** Sentences of a message; further ones are counted only. */
export const LINES_MAX = 20;

/** Where everything goes that is past the brake. */
export const REST = 'rest';
/** Not of events, and so neither grouped nor braked. */
export const TEST = 'test';
export const CONFIRM = 'confirm';

/** One sentence about one site, and how often it was said. */
export interface Line {
  site: string | null;
  kind: string;
  level: string;
  text: string;
  /** When it was said last. */
  at: string;
  times: number;
}

/** What a channel was or will be told, as far as planning cares. */
export interface EarlierMessage {
  id: string;
  group: string;
  lines: Line[];
  /** Of events, those without a line too. */
  count: number;
  /** When it was sent; until then, when it was written. */
  at: Date;
  dueAt: Date;
  /** Nothing was tried yet: more can be added. */
  open: boolean;
}

export interface Draft {
  /** Null: to be written. */
  id: string | null;
  group: string;
  lines: Line[];
  count: number;
  dueAt: Date;
}

/** The messages to write and to add to, for events that this one channel hears, oldest first. Pure. */
export function planMessages(earlier: EarlierMessage[], events: TellableEvent[], now: Date): Draft[] {
  const drafts = new Map<string, Draft>();
  const begun = earlier.filter(({ group }) => group !== TEST && group !== CONFIRM);
  for (const event of events) {
    const places = isOfMachine(event) ? [groupOf(event)] : [groupOf(event), REST];
    const group = places.find((name) => drafts.has(name) || openOf(begun, name));
    const key = group ?? newGroup(begun, drafts, event, now);
    const draft = drafts.get(key) ?? resume(begun, key) ?? begin(begun, key, now);
    const dueAt = isWorse(begun, key, event, now) ? soonest(draft.dueAt, now) : draft.dueAt;
    drafts.set(key, { ...add(draft, event), dueAt });
  }
  return [...drafts.values()];
}

/** Never braked: they are of few kinds, and sites that make many events must not keep the admins from hearing of them. */
function isOfMachine({ siteId }: TellableEvent): boolean {
  return siteId === null;
}

function openOf(earlier: EarlierMessage[], group: string): EarlierMessage | undefined {
  return earlier.find((message) => message.open && message.group === group);
}

function resume(earlier: EarlierMessage[], group: string): Draft | null {
  const message = openOf(earlier, group);
  if (!message) return null;
  const { id, lines, count, dueAt } = message;
  return { id, group, lines, count, dueAt };
}

/** Than all that was told of the group in the last hours. Past the brake nothing is: it is there to hold. */
function isWorse(earlier: EarlierMessage[], group: string, { level }: TellableEvent, now: Date): boolean {
  if (group === REST) return false;
  const told = ofGroup(earlier, group, now).filter(({ open }) => !open);
  return told.flatMap(({ lines }) => lines).every((line) => rankOf(line.level) < rankOf(level));
}

function soonest(dueAt: Date, now: Date): Date {
  return new Date(Math.min(dueAt.getTime(), now.getTime() + SOON_MS));
}

function ofGroup(earlier: EarlierMessage[], group: string, now: Date): EarlierMessage[] {
  return earlier.filter((message) => message.group === group && message.at.getTime() > now.getTime() - MEMORY_MS);
}

function newGroup(earlier: EarlierMessage[], drafts: Map<string, Draft>, event: TellableEvent, now: Date): string {
  if (isOfMachine(event)) return groupOf(event);
  const fresh = [...drafts.values()].filter(({ id, group }) => id === null && group !== REST).length;
  return lately(earlier, now).length + fresh >= BRAKE_MAX ? REST : groupOf(event);
}

function lately(earlier: EarlierMessage[], now: Date): EarlierMessage[] {
  return earlier.filter(({ group, at }) => group !== REST && at.getTime() > now.getTime() - BRAKE_MS);
}

function begin(earlier: EarlierMessage[], group: string, now: Date): Draft {
  const waitMs = group === REST ? restMs(earlier, now) : pauseMs(earlier, group, now);
  return { id: null, group, lines: [], count: 0, dueAt: new Date(now.getTime() + waitMs) };
}

/** From the group's last message on; none of the last hours: soon. */
function pauseMs(earlier: EarlierMessage[], group: string, now: Date): number {
  const times = ofGroup(earlier, group, now).map(({ at }) => at.getTime());
  const pause = PAUSES_MS[Math.min(times.length, PAUSES_MS.length) - 1];
  return pause === undefined ? SOON_MS : Math.max(Math.max(...times) + pause - now.getTime(), SOON_MS);
}

/** Until the brake lets go again. */
function restMs(earlier: EarlierMessage[], now: Date): number {
  const times = lately(earlier, now).map(({ at }) => at.getTime());
  const oldest = times.length > 0 ? Math.min(...times) : now.getTime();
  return Math.max(oldest + BRAKE_MS - now.getTime(), PAUSES_MS[0] ?? 0);
}

/** The same sentence about the same site is one line that counts. */
function add(draft: Draft, event: TellableEvent): Draft {
  const at = event.at.toISOString();
  const { site, kind, level, text } = event;
  const known = draft.lines.findIndex((line) => line.site === site && line.kind === kind && line.text === text);
  const lines =
    known === -1
      ? [...draft.lines, { site, kind, level, text, at, times: 1 }].slice(0, LINES_MAX)
      : draft.lines.map((line, index) => (index === known ? { ...line, at, times: line.times + 1 } : line));
  return { ...draft, lines, count: draft.count + 1 };
}
