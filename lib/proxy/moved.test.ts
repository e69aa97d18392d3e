import { expect, test } from 'vitest';
import { diffMoved, parseShownMoved, renderMoved } from './moved.ts';

const HOSTS = new Map([
  ['old-bay.localhost', 'http://calm-bay-1.localhost:8080'],
  ['older.example.org', 'https://mine.example.org'],
]);

test('what is written is read back', () => {
  const shown = renderMoved(HOSTS)
    .split('\n')
    .map((line) => `0x55d0 ${line}`)
    .join('\n');
  expect(parseShownMoved(shown)).toEqual(HOSTS);
});

test('only what differs is changed', () => {
  const actual = new Map([...HOSTS, ['gone.localhost', 'http://x.localhost']]);
  const desired = new Map([...HOSTS, ['older.example.org', 'https://another.example.org']]);
  expect(diffMoved(actual, desired)).toEqual({
    set: [['older.example.org', 'https://another.example.org']],
    remove: ['gone.localhost'],
  });
});

test.each(['x y', 'http://a b', 'http://a\nset map', 'javascript:alert(1)', 'http://a/path', 'ftp://a', ''])(
  '%j is never led to',
  (origin) => {
    expect(() => renderMoved(new Map([['old.localhost', origin]]))).toThrow('not an origin');
  },
);

test('a host that is none gets into no file', () => {
  expect(() => renderMoved(new Map([['a b', 'http://a.localhost']]))).toThrow('not a host name');
});
