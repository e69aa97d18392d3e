// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what this file looks for
// Makes a line that people will see from bytes that a tenant's programs wrote: text and colours, nothing that moves a
// cursor, sets a title, writes a clipboard or turns the reading direction round.

export const LINE_LENGTH_MAX = 10_000;

/** ECMA-48: operating system commands and other strings, then control sequences, then two-character escapes. */
const STRINGS = /(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?/g;
const SEQUENCES = /(?:\x1b\[|\x9b)[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?/g;
const ESCAPES = /\x1b[\x20-\x2f]*[\x30-\x7e]?/g;
const CONTROLS = /[\x00-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const COLOUR = /^\x1b\[[0-9;]{0,30}m$/;
const RESET = '\x1b[0m';

/** One line without its end. What a carriage return would have overwritten is left out, as on a screen. */
export function cleanLine(raw: string): string {
  const shown = lastWritten(raw);
  const text = shown
    .slice(0, LINE_LENGTH_MAX)
    .replace(STRINGS, '')
    .replace(SEQUENCES, (sequence) => (COLOUR.test(sequence) ? `\x00${sequence.slice(2)}` : ''))
    .replace(ESCAPES, '')
    .replace(/\x00(?=[0-9;]*m)/g, `\x1b[`);
  const plain = text.replace(CONTROLS, '').trimEnd();
  const whole = shown.length > LINE_LENGTH_MAX ? `${plain} … (cut)` : plain;
  return whole.includes('\x1b[') && !whole.endsWith(RESET) ? `${whole}${RESET}` : whole;
}

/** Behind the last carriage return that has something behind it. In one pass: a line may be 64 KB of them. */
function lastWritten(raw: string): string {
  let end = raw.length;
  while (end > 0 && raw[end - 1] === '\r') end -= 1;
  return raw.slice(end === 0 ? 0 : raw.lastIndexOf('\r', end - 1) + 1, end);
}

/** A sentence of ours that quotes tenant text, such as a start script or a parser's words about a file. */
export function oneLine(text: string): string {
  return cleanLine(text.replace(/[\r\n\t]+/g, ' '));
}

/** The same without its colours, for a sentence or a search. */
export function plainText(line: string): string {
  return line.replace(/\x1b\[[0-9;]*m/g, '');
}
