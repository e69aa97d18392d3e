import { expect, test } from 'vitest';
import { parsePrinted } from './line.ts';

const T = '2026-08-01 12:00:00.123456789';

test('a line has its release, its time and what the app wrote', () => {
  expect(parsePrinted(`12 ${T}  GET / 200`)).toEqual({
    kind: 'line',
    line: { release: 12, at: '2026-08-01T12:00:00.123456789Z', text: 'GET / 200' },
  });
  expect(parsePrinted(`12 ${T}  `)).toMatchObject({ line: { text: '' } });
  expect(parsePrinted('=')).toEqual({ kind: 'now' });
  expect(parsePrinted('- 9500')).toEqual({ kind: 'left-out', count: 9500 });
});

test.each([
  ['a\u001b]0;title\u0007b', 'ab'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['\u001b[31mred\u001b[0m \u001b[2Jgone', '\u001b[31mred\u001b[0m gone\u001b[0m'],
  ['10 %\r20 %\r', '20 %'],
  ['a\u0000b\u202ec', 'abc'],
])('of %j the words stay, and nothing that acts', (text, expected) => {
  const printed = parsePrinted(`1 ${T}  ${text}`);
  expect(printed?.kind === 'line' ? printed.line.text : null).toBe(expected);
});

test.each(['', 'x', '-', '- x', '1', `1 ${T} one blank`, `12345678 ${T}  x`, `-1 ${T}  x`])('%j is none', (raw) => {
  expect(parsePrinted(raw)).toBeNull();
});
