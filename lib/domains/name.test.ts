import { expect, test } from 'vitest';
import { parseSettings } from '../env.ts';
import { parseDomain } from './name.ts';

const settings = parseSettings({ APP_URL: 'https://light.example.net', SITES_DOMAIN: 'sites.example.com' });

test.each([
  ['shop.example.org', 'shop.example.org'],
  [' Shop.Example.ORG. ', 'shop.example.org'],
  ['example.org', 'example.org'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['a-b.c1.co.uk', 'a-b.c1.co.uk'],
])('%j is %j', (typed, name) => {
  expect(parseDomain(typed, settings)).toBe(name);
});

test.each([
  ['', 'not a domain name'],
  ['com', 'not a domain name'],
  ['https://shop.example.org', 'is an address'],
  ['shop.example.org/path', 'is an address'],
  ['*.example.org', 'stands for many'],
  ['203.0.113.9', 'is an IP address'],
  ['::1', 'is an IP address'],
  ['shop.example.1', 'not a domain name'],
  ['-shop.example.org', 'not a domain name'],
  ['shop..example.org', 'not a domain name'],
  ['a b.example.org', 'not a domain name'],
  ['shop.example.org\nset map', 'not a domain name'],
  ['a\nb.example.org', 'not a domain name'],
  ['a\u00adb.example.org', 'not a domain name'],
  ['a\u202eb.example.org', 'not a domain name'],
  ['_acme.example.org', 'not a domain name'],
  [`${'a'.repeat(64)}.example.org`, 'not a domain name'],
  [`${'a.'.repeat(130)}org`, 'not a domain name'],
  ['light.example.net', "server's own names"],
  ['sites.example.com', "server's own names"],
  ['other.sites.example.com', "server's own names"],
  ['www.light.example.net', "server's own names"],
  ['shop.localhost', 'nobody can look up'],
  ['printer.local', 'nobody can look up'],
])('%j is refused: %s', (typed, why) => {
  expect(() => parseDomain(typed, settings)).toThrow(expect.objectContaining({ code: 'bad-domain' }));
  expect(() => parseDomain(typed, settings)).toThrow(why);
});
