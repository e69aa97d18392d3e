// Text that a tenant wrote, for one line of a page or a log.

/** Control characters, line and paragraph separators, and the marks that turn the direction of text around. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]+/gu;

/** One line of printable text, cut to a length. */
export function plainText(text: string, charactersMax: number): string {
  const line = text.replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
  return line.length > charactersMax ? `${line.slice(0, charactersMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : line;
}
