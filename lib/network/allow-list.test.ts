import { expect, test } from 'vitest';
import { parseSettings } from '../env.ts';
import { parseAllowList } from './allow-list.ts';

test('addresses, networks and ports of these are taken', () => {
  expect(parseAllowList(' 10.9.0.0/16, 10.8.0.5:5432,,172.16.0.0/12:443,192.168.7.7 ')).toEqual([
    { cidr: '10.9.0.0/16', port: null },
    { cidr: '10.8.0.5/32', port: 5432 },
    { cidr: '172.16.0.0/12', port: 443 },
    { cidr: '192.168.7.7/32', port: null },
  ]);
  expect(parseAllowList('')).toEqual([]);
});

test.each([
  '10.9.0.0/33',
  '10.9.0.0/0',
  '0.0.0.0/0',
  '10.9.0.256',
  '10.9.0.5/16',
  '10.9.0.5:0',
  '10.9.0.5:70000',
  '10.9.0.5:http',
  'db.internal:5432',
  'fd00::1',
  '10.9.0.0/16 } accept; ip daddr { 0.0.0.0/0',
])('%s is refused by the name of the setting', (entry) => {
  expect(() => parseSettings({ LIGHTKEEPER_EGRESS_ALLOW: `10.1.0.0/16,${entry}` })).toThrow(
    /LIGHTKEEPER_EGRESS_ALLOW=.* is not usable: has the entry/,
  );
});
