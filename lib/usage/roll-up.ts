// When minutes and hours are made and old points go. Called every minute; what was missed meanwhile is made up for.

import type { Db } from '../db/client.ts';
import { expirePoints, rollUp } from './points.ts';
import { SLOT_SECONDS } from './slots.ts';

export const MINUTE = 60;
export const HOUR = 3_600;
const DAY = 86_400;
/** How long points are kept, in seconds. */
export const KEPT = { [SLOT_SECONDS]: 2 * HOUR, [MINUTE]: 2 * DAY, [HOUR]: 90 * DAY } as const;
/** Shorter points of so long ago may be expiring already: nothing is made from them any more. */
const MINUTES_BACK = 2 * HOUR - 10 * MINUTE;
const HOURS_BACK = 2 * DAY - 2 * HOUR;
const CHUNK_MINUTES = 15;
const CHUNK_HOURS = 6;
/** Five minutes' worth of a thousand sites. */
const EXPIRED_MAX = 30_000;

export interface RollUpState {
  /** Up to when minutes and hours are made, in seconds since 1970; null: a new process, which looks. */
  minutes: number | null;
  hours: number | null;
}

/** Makes every minute that is over, and the hours up to the one under way; then expires. */
export async function keepHistory(db: Db, node: string, state: RollUpState, nowMs: number): Promise<RollUpState> {
  const now = Math.floor(nowMs / 1000);
  const thisMinute = floor(now, MINUTE);
  const minutes = state.minutes ?? (await newest(db, node, MINUTE));
  // The last minute is made once more: a slot that waited for the database may have come late.
  for (const [from, to] of chunks(clamp(minutes - MINUTE, now - MINUTES_BACK), thisMinute, MINUTE, CHUNK_MINUTES))
    await rollUp(db, { shorter: SLOT_SECONDS, longer: MINUTE, from: toDate(from), to: toDate(to) });
  const hours = state.hours ?? (await newest(db, node, HOUR));
  const isDue = state.hours === null || now - state.hours >= 5 * MINUTE;
  const hoursFrom = floor(clamp(hours, now - HOURS_BACK), HOUR);
  if (isDue) {
    for (const [from, to] of chunks(hoursFrom, floor(now, HOUR) + HOUR, HOUR, CHUNK_HOURS))
      await rollUp(db, { shorter: MINUTE, longer: HOUR, from: toDate(from), to: toDate(to) });
  }
  for (const [seconds, kept] of Object.entries(KEPT))
    await expirePoints(db, Number(seconds), toDate(now - kept), EXPIRED_MAX);
  return { minutes: thisMinute, hours: isDue ? now : hours };
}

/** Where an earlier process stopped; long ago when there was none. */
async function newest(db: Db, node: string, seconds: number): Promise<number> {
  const point = await db.hostPoint.findFirst({ where: { node, seconds }, orderBy: { at: 'desc' } });
  return point ? point.at.getTime() / 1000 : 0;
}

/** Spans of at most so many steps, which together are from the first to the last. Pure. */
export function chunks(from: number, to: number, step: number, stepsMax: number): [number, number][] {
  const spans: [number, number][] = [];
  for (let start = floor(from, step); start < to; start += step * stepsMax)
    spans.push([start, Math.min(to, start + step * stepsMax)]);
  return spans;
}

function clamp(value: number, min: number): number {
  return Math.max(value, min);
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function toDate(seconds: number): Date {
  return new Date(seconds * 1000);
}
