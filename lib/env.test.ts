import { expect, test } from 'vitest';
import { parseSettings } from './env.ts';

test('every setting has a default that works', () => {
  const settings = parseSettings({});
  expect(settings.appUrl).toBe('http://localhost:8080');
  expect(settings.paths.engineSocket).toBe('/var/lib/lightkeeper/run/docker.sock');
  expect(settings.readySites).toBe(3);
});

test('an empty variable is an unset one', () => {
  expect(parseSettings({ LIGHTKEEPER_HTTP_PORT: '' }).httpPort).toBe(8080);
});

test.each([
  ['LIGHTKEEPER_HTTP_PORT', '99999'],
  ['LIGHTKEEPER_POOL_SIZE', 'lots'],
  ['LIGHTKEEPER_SSH_PORTS', '3000-2000'],
  ['LIGHTKEEPER_INSTANCE', 'Too Long A Name'],
  ['LIGHTKEEPER_DATA_DIR', 'relative'],
  ['LIGHTKEEPER_SUBNET', '10.0.0.0/8'],
  ['SITES_DOMAIN', 'exa mple'],
])('%s=%s is refused by name, with the fault', (name, value) => {
  expect(() => parseSettings({ [name]: value })).toThrow(new RegExp(`The setting ${name}=.* is not usable: .+`));
});

test('two instances share no path and no port', () => {
  const one = parseSettings({});
  const two = parseSettings({ LIGHTKEEPER_DATA_DIR: '/srv/two', LIGHTKEEPER_HTTP_PORT: '9080' });
  expect(Object.values(two.paths).every((path) => path.startsWith('/srv/two/'))).toBe(true);
  expect(two.appUrl).not.toBe(one.appUrl);
});
