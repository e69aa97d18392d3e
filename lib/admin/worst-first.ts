// The order in which an operator wants to hear of verdicts, and how they are coloured.

import { rankOf } from '../limits/levels.ts';

/** Equal ones keep their order. */
export function worstFirst<Item extends { level: string }>(items: Item[]): Item[] {
  return items.toSorted((a, b) => rankOf(b.level) - rankOf(a.level));
}

export type Gravity = 'bad' | 'warn' | 'info';

/** Trouble now, trouble soon, or a fact. */
export function gravityOf(level: string): Gravity {
  const rank = rankOf(level);
  if (rank >= 3) return 'bad';
  return rank === 2 ? 'warn' : 'info';
}
