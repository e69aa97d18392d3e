// Whether a line has what somebody looks for: the words as they are, whatever their case, colours not counted. Pure.

import { plainText } from '../deploy/clean-text.ts';

export function createSearch(query: string): (text: string) => boolean {
  const wanted = query.trim().toLowerCase();
  return wanted === '' ? () => true : (text) => plainText(text).toLowerCase().includes(wanted);
}
