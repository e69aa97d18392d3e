import { expect, test } from 'vitest';
import { isOpenAddress, parseTarget } from './target.ts';

const rules = { allow: ['127.0.0.2/32', 'fd00:1::/64'], own: ['8.8.4.4', '2a00:1450::9'] };

test.each([
  ['127.0.0.1', false],
  ['127.255.255.254', false],
  ['0.0.0.0', false],
  ['10.213.0.9', false],
  ['100.100.100.200', false],
  ['169.254.169.254', false],
  ['172.16.0.1', false],
  ['172.31.255.255', false],
  ['172.32.0.1', true],
  ['192.168.1.1', false],
  ['198.18.0.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['8.8.8.8', true],
  ['8.8.4.4', false],
  ['127.0.0.2', true],
  ['::1', false],
  ['::', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:7f00:1', false],
  ['::ffff:8.8.8.8', true],
  ['64:ff9b::7f00:1', false],
  ['2002:7f00:1::', false],
  ['2001:0:4136:e378::', false],
  ['2001:db8::1', false],
  ['fe80::1', false],
  ['fd00:2::1', false],
  ['fd00:1::5', true],
  ['ff02::1', false],
  ['fd00:ec2::254', false],
  ['2a00:1450:4001::200e', true],
  ['2a00:1450::9', false],
  ['localhost', false],
  ['', false],
])('%s is open to users: %s', (address, open) => {
  expect(isOpenAddress(address, rules)).toBe(open);
});

test.each([
  ['ftp://example.org/', 'That is not a web address.'],
  ['file:///etc/passwd', 'That is not a web address.'],
  ['gopher://example.org/', 'That is not a web address.'],
  ['example.org/hook', 'That is not a web address.'],
  ['', 'That is not a web address.'],
  ['https://user:password@example.org/', 'The URL has a user or a password in it.'],
  ['http://example.org:25/', 'Port 25 is not one of the web’s.'],
  [`https://example.org/${'x'.repeat(1_000)}`, 'That URL is too long.'],
])('%s is refused: %s', (text, message) => {
  expect(() => parseTarget('webhook', text)).toThrow(message);
});

test.each([
  ['http://2130706433/', 'http://127.0.0.1/'],
  ['http://0x7f.1/', 'http://127.0.0.1/'],
  ['http://[::ffff:127.0.0.1]/', 'http://[::ffff:7f00:1]/'],
  [' https://Hooks.Example.org/a#b ', 'https://hooks.example.org/a'],
])('%s is kept as %s', (text, kept) => {
  expect(parseTarget('slack', text)).toBe(kept);
});

test.each(['you@example.org', 'first.last+tag@sub.example.org'])('%s is an e-mail address', (address) => {
  expect(parseTarget('email', ` ${address} `)).toBe(address);
});

test.each([
  '',
  'you',
  'you@',
  'a@b.org, c@d.org',
  'a@b.org\nbcc: c@d.org',
  '"x" <a@b.org>',
  `${'a'.repeat(250)}@b.org`,
])('%j is no e-mail address', (address) => {
  expect(() => parseTarget('email', address)).toThrow('That is not an e-mail address.');
});
