import { expect, test } from 'vitest';
import { parseSettings } from '#lib/env.ts';
import { freeSubIdStart, overlaps, parseSubIds, planEngine } from './engine-config.ts';

const plan = planEngine(
  parseSettings({ LIGHTKEEPER_INSTANCE: 'one', LIGHTKEEPER_DATA_DIR: '/srv/lk', LIGHTKEEPER_SUBNET: '10.77.16.0/20' }),
  { mtu: 1400 },
);

test('everything the engine writes lies in the data directory', () => {
  const places = [plan.dataRoot, plan.execRoot, plan.pidFile, plan.configFile, plan.config['data-root']];
  expect(places.every((place) => String(place).startsWith('/srv/lk/'))).toBe(true);
  expect(plan.config.hosts).toEqual(['unix:///srv/lk/run/docker.sock']);
});

test('the engine leaves the firewall to the instance and maps root to an ordinary user', () => {
  expect(plan.config).toMatchObject({ iptables: false, ip6tables: false, 'ip-masq': false, 'userns-remap': 'default' });
});

test('the bridge carries the first address of the subnet and the size of the default route', () => {
  expect(plan).toMatchObject({ bridge: 'lk-one', bridgeAddress: '10.77.16.1/20' });
  expect(plan.config).toMatchObject({ bridge: 'lk-one', mtu: 1400 });
});

test('a host containerd is shared only under a namespace of our own', () => {
  expect(plan.argv).toContain('lightkeeper-one');
});

test.each([
  ['10.213.0.0/20', '10.213.15.7/24', true],
  ['10.213.0.0/20', '10.213.16.1/24', false],
  ['10.0.0.0/8', '10.213.0.0/20', true],
  ['192.168.0.0/16', '10.213.0.0/20', false],
  ['0.0.0.0/0', '10.213.0.0/20', true],
])('%s and %s overlap: %s', (first, second, expected) => {
  expect(overlaps(first, second)).toBe(expected);
});

test('a new sub-id range starts behind every range that is taken', () => {
  expect(parseSubIds('# none\nalice:100000:65536\n')).toEqual([{ name: 'alice', start: 100_000, count: 65_536 }]);
  expect(freeSubIdStart(['', ''])).toBe(100_000);
  expect(freeSubIdStart(['alice:100000:65536\n', 'bob:165536:65536\n'])).toBe(231_072);
});
