import { expect, test } from 'vitest';
import { CHALLENGES, DOMAINS, MOVED } from './maps.ts';
import { diffTextMap, parseShownMap, renderTextMap } from './text-map.ts';

const HOSTS = new Map([
  ['old-bay.localhost', 'http://calm-bay-1.localhost:8080'],
  ['older.example.org', 'https://mine.example.org'],
]);

test('what is written is read back', () => {
  const shown = renderTextMap(HOSTS, MOVED)
    .split('\n')
    .map((line) => `0x55d0 ${line}`)
    .join('\n');
  expect(parseShownMap(shown)).toEqual(HOSTS);
});

test('only what differs is changed', () => {
  const actual = new Map([...HOSTS, ['gone.localhost', 'http://x.localhost']]);
  const desired = new Map([...HOSTS, ['older.example.org', 'https://another.example.org']]);
  expect(diffTextMap(actual, desired)).toEqual({
    set: [['older.example.org', 'https://another.example.org']],
    remove: ['gone.localhost'],
  });
});

test.each(['x y', 'http://a b', 'http://a\nset map', 'javascript:alert(1)', 'http://a/path', 'ftp://a', ''])(
  '%j is never led to',
  (origin) => {
    expect(() => renderTextMap(new Map([['old.localhost', origin]]), MOVED)).toThrow('not an origin');
  },
);

test('a host that is none gets into no file', () => {
  expect(() => renderTextMap(new Map([['a b', 'http://a.localhost']]), MOVED)).toThrow('not a host name');
});

test('a domain leads to a host, and nowhere else', () => {
  expect(renderTextMap(new Map([['shop.example.org', 'calm-bay-1.localhost']]), DOMAINS)).toBe(
    'shop.example.org calm-bay-1.localhost\n',
  );
  expect(() => renderTextMap(new Map([['shop.example.org', '10.0.0.1:80\nset map']]), DOMAINS)).toThrow('not a host');
});

test.each([
  ['/.well-known/acme-challenge/../x', `a.${'b'.repeat(43)}`],
  ['/.well-known/acme-challenge/a b', `a.${'b'.repeat(43)}`],
  ['/elsewhere/a', `a.${'b'.repeat(43)}`],
  ['/.well-known/acme-challenge/a', '<script>'],
  ['/.well-known/acme-challenge/a', `a.${'b'.repeat(43)}\nset map`],
])('no challenge is answered at %j with %j', (path, answer) => {
  expect(() => renderTextMap(new Map([[path, answer]]), CHALLENGES)).toThrow('challenge');
});
