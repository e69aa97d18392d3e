import { expect, test } from 'vitest';
import { parsePlace } from './place.ts';
import { pictureType } from './raw-file.ts';

test.each<[string, string, string | null]>([
  ['a.png', '\x89PNG\r\n\x1a\nrest', 'image/png'],
  ['a.txt', '\xff\xd8\xff\xe0', 'image/jpeg'],
  ['a', 'GIF89a', 'image/gif'],
  ['a.webp', 'RIFF\0\0\0\0WEBP', 'image/webp'],
  ['a.svg', '<?xml version="1.0"?><svg xmlns="x">', 'image/svg+xml'],
  ['a.png', '<html><script>', null],
  ['a.html', '<svg><script>', null],
  ['a.svg', '<html>', null],
  ['a.gif', 'GIF87', null],
  ['', '', null],
])('%j with %j is of the type %j', (path, head, type) => {
  expect(pictureType(Buffer.from(head, 'latin1'), path)).toBe(type);
});

test('a place is a path and the whole id of a commit; anything else names a commit that nobody has', () => {
  const id = 'a'.repeat(40);
  expect(parsePlace(new URLSearchParams(`path=a/b&commit=${id}`))).toEqual({ path: 'a/b', commit: id });
  expect(parsePlace(new URLSearchParams('commit='))).toEqual({ path: '', commit: null });
  expect(parsePlace(new URLSearchParams('commit=--help&path=x%00y'))).toEqual({ path: 'xy', commit: '0'.repeat(40) });
});
