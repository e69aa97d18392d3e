// What a line over time says, for those who do not see it.

import type { Line } from '#lib/usage/lines.ts';

export type Points = Line;

/** First, last, least and most; null without any value. */
export function summarize({ values }: Points): { first: number; last: number; min: number; max: number } | null {
  const known = values.filter((value) => value !== null);
  const first = known[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined) return null;
  return { first, last, min: Math.min(...known), max: Math.max(...known) };
}
