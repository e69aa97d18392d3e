import { expect, test } from 'vitest';
import { parseBranch, parseRepositoryUrl, shownUrl } from './url.ts';

test.each([
  ['https://github.com/someone/something', 'https://github.com/someone/something'],
  [' https://GitHub.com/someone/something.git/ ', 'https://github.com/someone/something.git'],
  ['https://git.example.org:8443/a/b', 'https://git.example.org:8443/a/b'],
  ['https://[2001:67c::1]/a', 'https://[2001:67c::1]/a'],
])('%j is an address of a repository', (text, url) => {
  expect(parseRepositoryUrl(text)).toBe(url);
});

test.each([
  '',
  'github.com/a/b',
  'file:///etc/passwd',
  'ext::sh -c id',
  'git@github.com:a/b.git',
  'ssh://git@github.com/a/b',
  'git://github.com/a/b',
  'ftp://example.org/a',
  'https://user:secret@github.com/a/b',
  'https://token@github.com/a/b',
  'https://github.com/a/b?x=1',
  'https://github.com/a/b#x',
  'https://github.com./a/b',
  'https://exa_mple.org/a',
  'https://example.org:22/a',
  'https://example.org:25/a',
  'https://example.org/a b',
  'https://example.org/a;id',
  'https://example.org/$(id)',
  '--upload-pack=id',
  `https://example.org/${'a'.repeat(600)}`,
])('%j is none', (text) => {
  expect(() => parseRepositoryUrl(text)).toThrow(expect.objectContaining({ code: 'bad-target' }));
});

test('a branch has a name that git and we take', () => {
  expect(parseBranch('feature/one')).toBe('feature/one');
  expect(parseBranch(' ')).toBe(null);
  for (const name of ['-x', '--upload-pack=id', 'a..b', '$(id)', 'a b', 'HEAD']) {
    expect(() => parseBranch(name), name).toThrow('cannot be the name of a branch');
  }
});

test('an address is said without what is the same in all of them', () => {
  expect(shownUrl('https://github.com/a/b.git')).toBe('github.com/a/b');
});
