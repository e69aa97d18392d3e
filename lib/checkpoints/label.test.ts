import { expect, test } from 'vitest';
import { LABEL_CHARACTERS_MAX, parseLabel } from './label.ts';

test.each([
  [undefined, null],
  ['', null],
  [' \n\t ', null],
  ['before the upgrade', 'before the upgrade'],
  ['  two\nlines\there  ', 'two lines here'],
  ['\u001b[31mred\u001b[0m \u001b]0;title\u0007x', 'red x'],
  ['abc\u202etxt.exe', 'abctxt.exe'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
])('%j becomes %j', (text, label) => expect(parseLabel(text)).toBe(label));

test('a long one is cut between characters, not inside of one', () => {
  expect(parseLabel('🗼'.repeat(100))).toBe('🗼'.repeat(LABEL_CHARACTERS_MAX));
});
