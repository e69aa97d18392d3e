import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test('a record ends with CRLF and quotes only what needs it (RFC 4180)', () => {
  expect(csvLine(['a', 'b c', 1, null, undefined, true, 5n])).toBe('a,b c,1,,,true,5\r\n');
  expect(csvLine(['a,b', 'say "no"', 'two\nlines'])).toBe('"a,b","say ""no""","two\nlines"\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '=HYPERLINK("http://evil.example","x")'])(
  'the text %j is no formula in a spreadsheet',
  (text) => {
    expect(csvLine([text])).toMatch(/^"?'/);
  },
);

test('numbers and times of ours are left as they are', () => {
  expect(csvLine([-5, new Date(0)])).toBe('-5,1970-01-01T00:00:00.000Z\r\n');
});
