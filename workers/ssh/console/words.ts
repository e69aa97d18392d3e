// A console's command line, taken apart into words by rules of its own: no shell reads it, and nothing in it is run. Blanks
// part words; in single quotes every character is itself, in double quotes a backslash makes `"` and `\` themselves, and
// outside quotes it does so with any character. Only quotes may hold tabs and line ends, other control characters nothing.
// Pure.

import { usageError } from './usage.ts';

/** A value of a variable has 32 KB at most, and every byte of it may need a backslash. */
export const LINE_CHARACTERS_MAX = 80 * 1024;
export const WORDS_MAX = 200;

const BARE = /[^ \t\n'"\\]+/y;
const SINGLE = /'([^']*)'/y;
const DOUBLE = /"((?:[^"\\]|\\[\s\S])*)"/y;
const ESCAPED = /\\([^\n])/y;
const BLANKS = /[ \t]+/y;
const FORBIDDEN = /[^\P{Cc}\t\n]|\p{Cs}/u;

/** The words of a line. Throws a usage error that names what is wrong with it. */
export function splitWords(line: string): string[] {
  if (line.length > LINE_CHARACTERS_MAX) {
    throw usageError(`The command line is longer than ${LINE_CHARACTERS_MAX / 1024} KB.`, 'Write a shorter one.');
  }
  if (FORBIDDEN.test(line)) {
    throw usageError('The command line has a control character in it.', 'Write it without, or encode the value.');
  }
  const text = line.trim();
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; ) {
    const blanks = match(BLANKS, text, at);
    if (blanks) {
      if (word !== null) words.push(word);
      word = null;
      at += blanks[0].length;
      continue;
    }
    const piece = readPiece(text, at);
    word = (word ?? '') + piece.text;
    at += piece.length;
  }
  if (word !== null) words.push(word);
  if (words.length <= WORDS_MAX) return words;
  throw usageError(`The command line has more than ${WORDS_MAX} words.`, 'Write it as several commands.');
}

function readPiece(text: string, at: number): { text: string; length: number } {
  const plain = match(BARE, text, at) ?? match(SINGLE, text, at) ?? match(ESCAPED, text, at);
  if (plain) return { text: plain[1] ?? plain[0], length: plain[0].length };
  const double = match(DOUBLE, text, at);
  if (double) return { text: (double[1] ?? '').replace(/\\(["\\])/g, '$1'), length: double[0].length };
  if (text[at] === "'" || text[at] === '"') {
    throw usageError(`A ${text[at]} of the command line is never closed.`, 'Close it, or put a backslash before it.');
  }
  throw usageError(
    'The command line ends in a backslash, or has more than one line.',
    'Write one line; put quotes around a value that has several.',
  );
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
