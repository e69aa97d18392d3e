// A checkpoint's label: one short line of its maker's words, without anything that moves, hides or turns text.

import { oneLine, plainText } from '../deploy/clean-text.ts';

export const LABEL_CHARACTERS_MAX = 60;

/** Null: there are no words in it. */
export function parseLabel(text: string | null | undefined): string | null {
  const words = plainText(oneLine(text ?? ''))
    .replace(/\s+/g, ' ')
    .trim();
  const label = [...words].slice(0, LABEL_CHARACTERS_MAX).join('').trim();
  return label === '' ? null : label;
}
