import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUsageError } from './usage.ts';
import { LINE_CHARACTERS_MAX, splitWords, WORDS_MAX } from './words.ts';

/** Null: a usage error. Everything else is thrown. */
function readOrNull(line: string): string[] | null {
  try {
    return splitWords(line);
  } catch (error) {
    if (isUsageError(error)) return null;
    throw error;
  }
}

describe('splitWords', () => {
  it.each([
    ['ls --json', ['ls', '--json']],
    ['  status \t calm-reef-7\n', ['status', 'calm-reef-7']],
    ['env x set A=\'two words\' B="a \\"b\\" \\\\ c"', ['env', 'x', 'set', 'A=two words', 'B=a "b" \\ c']],
    ["env x set 'A=one\ntwo'", ['env', 'x', 'set', 'A=one\ntwo']],
    ['a\\ b \\"c', ['a b', '"c']],
    ["'' x", ['', 'x']],
    ['a\'b\'"c"', ['abc']],
    ['"\\$HOME \\n"', ['\\$HOME \\n']],
    ['status a\u00a0b', ['status', 'a\u00a0b']],
    ['', []],
    [' \n', []],
    // All of it is text: there is no shell to read it.
    [
      'logs x; id | sh > /etc/passwd && $(id) `id` $PATH *',
      'logs x; id | sh > /etc/passwd && $(id) `id` $PATH *'.split(' '),
    ],
  ])('reads %s', (line, words) => {
    expect(splitWords(line)).toEqual(words);
  });

  it.each([
    ["logs 'calm", 'never closed'],
    ['logs "calm\\"', 'never closed'],
    ['logs calm\\', 'ends in a backslash'],
    ['logs calm\nid', 'more than one line'],
    ['logs \u001b[2J', 'control character'],
    ["env x set 'A=\u0000'", 'control character'],
    ["env x set 'A=\u009b'", 'control character'],
    ['\ud800', 'control character'],
    ['a '.repeat(WORDS_MAX + 1), `more than ${WORDS_MAX} words`],
    ['a'.repeat(LINE_CHARACTERS_MAX + 1), 'longer than 80 KB'],
  ])('refuses %j', (line, words) => {
    expect(() => splitWords(line)).toThrow(words);
  });

  it.each([
    ['blanks', ' '.repeat(LINE_CHARACTERS_MAX - 2)],
    ['backslashes', '\\'.repeat(LINE_CHARACTERS_MAX - 2)],
    ['quotes', `'"`.repeat(LINE_CHARACTERS_MAX / 4)],
    ['an open quote', `"${'\\"'.repeat(LINE_CHARACTERS_MAX / 4)}`],
  ])('takes no longer for %s than for words', (_, middle) => {
    const startedAt = performance.now();
    readOrNull(`a${middle}x`);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('gives back every list of words that is written in quotes', () => {
    const characters = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter((text) => !/[^\P{Cc}\t\n]|\p{Cs}/u.test(text));
    const quotes = [
      (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`,
      (word: string) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`,
    ];
    const written = fc.tuple(characters, fc.constantFrom(...quotes), fc.constantFrom(' ', '\t', '  '));
    fc.assert(
      fc.property(fc.array(written, { maxLength: 12 }), (parts) => {
        const line = parts.map(([word, quote, blank]) => `${quote(word)}${blank}`).join('');
        expect(splitWords(line)).toEqual(parts.map(([word]) => word));
      }),
    );
  });

  it('answers with words or a usage error, whatever the line', () => {
    const pieces = fc.constantFrom(
      "'",
      '"',
      '\\',
      ' ',
      '\t',
      '\n',
      '\u001b',
      '\0',
      'env',
      'A=b',
      '--json',
      ';',
      '$(id)',
    );
    const lines = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(lines, (line) => {
        const words = readOrNull(line);
        return words === null || (words.length <= WORDS_MAX && words.join('').length <= line.length);
      }),
      { numRuns: 2_000 },
    );
  });
});
