import { expect, test } from 'vitest';
import { explainFetch, isElsewhere } from './failures.ts';
import { parseList } from './fetch.ts';

const ASKED = { url: 'https://example.org/a/b', branch: null, bytesMax: 20 * 1024 ** 2 };
const end = (stderr: string) => ({ code: 128, expired: null, stderr });

test.each([
  ['fatal: fetch-pack: invalid index-pack output', /larger than the 20 MB/],
  [
    'error: object 1a: hasDotgit: contains .git\nfatal: fsck error in packed object\nfatal: fetch-pack: invalid index-pack output',
    /own checks/,
  ],
  ['fatal: write error: Disk quota exceeded\nfatal: fetch-pack: invalid index-pack output', /disk is full/],
  ["fatal: could not read Username for 'https://example.org': terminal prompts disabled", /is private/],
  ["fatal: repository 'https://example.org/a/b/' not found", /no repository at example\.org\/a\/b/],
  ["fatal: unable to access 'https://example.org/a/b/': The requested URL returned error: 503", /fault of its own/],
  ["fatal: unable to access 'https://example.org/a/b/': server certificate verification failed", /no certificate/],
  ["fatal: unable to access 'https://example.org/a/b/': Failed to connect to example.org port 443", /does not answer/],
  ['something new', /could not be fetched/],
])('%j is said in a sentence', (stderr, words) => {
  expect(explainFetch(ASKED, end(stderr))).toMatchObject({
    code: 'not-fetched',
    message: expect.stringMatching(words),
  });
});

test('on a full machine nobody is told to delete files of his', () => {
  const error = explainFetch(ASKED, end('fatal: write error: No space left on device'), '9.9 GB of 10 GB');
  expect(error.message).toBe('The machine’s disk is nearly full: 9.9 GB of 10 GB.');
});

test('a redirect is seen as one', () => {
  expect(isElsewhere(end('The requested URL returned error: 301'))).toBe(true);
  expect(isElsewhere(end('The requested URL returned error: 404'))).toBe(false);
});

test('what a host lists is read as ids and names, and nothing else', () => {
  const id = 'a'.repeat(40);
  const text = `ref: refs/heads/trunk\tHEAD\n${id}\tHEAD\n${id}\trefs/heads/trunk\n${id}\trefs/heads/--upload-pack=id\n`;
  expect(parseList(text, ASKED)).toEqual({ url: ASKED.url, branch: 'trunk', commit: id });
  expect(() => parseList(text, { ...ASKED, branch: '--upload-pack=id' })).toThrow(/no branch/);
  expect(() => parseList('', ASKED)).toThrow(/is empty/);
  expect(() => parseList(`ref: refs/heads/$(id)\tHEAD\n${id}\trefs/heads/$(id)\n`, ASKED)).toThrow(/no branch/);
  expect(() => parseList('<html>', ASKED)).toThrow(/is empty/);
});
