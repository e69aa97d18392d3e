import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanLine, LINE_LENGTH_MAX, oneLine } from './clean-text.ts';

const ESC = '\x1b';

test.each([
  ['plain text', 'plain text'],
  ['tabs\tstay', 'tabs\tstay'],
  ['ünï ✓ 日本', 'ünï ✓ 日本'],
  [`${ESC}[31mred${ESC}[0m`, `${ESC}[31mred${ESC}[0m`],
  [`${ESC}[1;32mopen`, `${ESC}[1;32mopen${ESC}[0m`],
  [`${ESC}[2J${ESC}[Hwiped`, 'wiped'],
  [`${ESC}[?25lhidden${ESC}[1A`, 'hidden'],
  [`${ESC}]0;title\x07text`, 'text'],
  [`${ESC}]8;;http://evil.example${ESC}\\link${ESC}]8;;${ESC}\\`, 'link'],
  [`${ESC}]52;c;ZXZpbA==\x07clip`, 'clip'],
  [`${ESC}P1;2|dcs${ESC}\\after`, 'after'],
  [`${ESC}]unfinished title`, ''],
  ['10%\r50%\r100%', '100%'],
  ['windows\r', 'windows'],
  ['over\r-----> Live: http://x', '-----> Live: http://x'],
  ['a\x00b\x07c\x7f', 'abc'],
  ['turned \u202eround\u2066', 'turned round'],
  ['\u009b31mC1', 'C1'],
  [`${ESC}(0line`, 'line'],
])('%j is shown as %j', (raw, shown) => {
  expect(cleanLine(raw)).toBe(shown);
});

test('a quoted text is one line that a database takes', () => {
  expect(oneLine('Unexpected token \'\n\' in "{\r\n\x00\t}"')).toBe('Unexpected token \' \' in "{  }"');
});

test('a line is never longer than its bound, and says that it was cut', () => {
  const line = cleanLine('x'.repeat(50_000));
  expect(line.length).toBeLessThan(LINE_LENGTH_MAX + 10);
  expect(line).toMatch(/… \(cut\)$/);
});

test.each([
  ['carriage returns', '\r'.repeat(65_000)],
  ['carriage returns and one letter', `${'\r'.repeat(65_000)}x`],
  ['blanks', `${' '.repeat(65_000)}x`],
  ['escapes', `${ESC}[`.repeat(32_000)],
  ['titles without end', `${ESC}]`.repeat(32_000)],
  ['colours', `${ESC}[1;`.repeat(16_000)],
])('a line of nothing but %s is read at once', (_, raw) => {
  const start = performance.now();
  cleanLine(raw);
  oneLine(raw);
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('of what was overwritten, the last is left, as on a screen', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\r', 'a', 'b'), { maxLength: 12 }), (letters) => {
      const raw = letters.join('');
      expect(cleanLine(raw)).toBe(raw.split('\r').filter(Boolean).at(-1) ?? '');
    }),
  );
});

test('whatever comes, only text and colours are left', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(ESC, '[', ']', ';', 'm', 'A', '0', '\x07', '\x9b', '\r', 'x', '\\', 'P', '\x00'),
        maxLength: 60,
      }),
      (raw) => {
        const left = cleanLine(raw).replaceAll(new RegExp(`${ESC}\\[[0-9;]{0,30}m`, 'g'), '');
        return !/[\p{Cc}]/u.test(left);
      },
    ),
    { numRuns: 5_000 },
  );
});
