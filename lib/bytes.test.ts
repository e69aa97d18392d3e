import { expect, test } from 'vitest';
import { formatBytes, formatShare, parseBytes } from './bytes.ts';

test.each([
  ['512', 512],
  ['20 MB', 20 * 1024 ** 2],
  ['1.5GB', 1.5 * 1024 ** 3],
  ['4gib', 4 * 1024 ** 3],
])('%j is %d bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

test.each(['', 'much', '-1', '1 XB', '1e9'])('%j is no size', (text) => expect(parseBytes(text)).toBeNull());

test.each([
  [0, '0 bytes'],
  [1024 ** 3, '1 GB'],
  [1024 ** 3 - 1, '1 GB'],
  [1000 * 1024 ** 2, '1,000 MB'],
  [1.5 * 1024 ** 3, '1.5 GB'],
  [812 * 1024, '812 KB'],
])('%d bytes are written %j', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

const MB = 1024 ** 2;

test.each([
  [1024 * MB, 1024 * MB, '1,024 MB of 1,024 MB'],
  [1024 * MB - 4096, 1024 * MB, '1,024 MB of 1,024 MB'],
  [300 * MB, 1024 * MB, '300 MB of 1,024 MB'],
  [9.25 * 1024 * MB, 20 * 1024 * MB, '9.3 GB of 20 GB'],
  [0, 256 * MB, '0 MB of 256 MB'],
  [3, 7, '3 bytes of 7 bytes'],
])('%d of %d bytes is written %j', (used, max, text) => expect(formatShare(BigInt(used), max)).toBe(text));
