import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINE_LENGTH_MAX } from '../deploy/clean-text.ts';
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

test('whatever is printed, it is a line of bounded length or none, and plain words come as they are', () => {
  const start = fc.constantFrom('', '=', '- ', '1 ', `1 ${T}  `, `7 ${T} `, `${'9'.repeat(30)} ${T}  `);
  const rest = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.nat(66_000).map((length) => '\r\u001b['.repeat(length / 3)),
  );
  fc.assert(
    fc.property(start, rest, (head, tail) => {
      const printed = parsePrinted(head + tail);
      if (printed?.kind === 'line') expect(printed.line.text.length).toBeLessThan(LINE_LENGTH_MAX + 20);
      if (printed?.kind === 'left-out') expect(printed.count).toBeLessThan(1e9);
    }),
    { numRuns: 50 },
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9_999_999 }),
      fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/),
      (release, text) => {
        expect(parsePrinted(`${release} ${T}  ${text}`)).toMatchObject({ line: { release, text } });
      },
    ),
  );
}, 60_000);
