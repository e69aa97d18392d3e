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

test('mail and the addresses that alerts may reach are checked', () => {
  const given = parseSettings({
    LIGHTKEEPER_SMTP_URL: 'smtps://user:password@mail.example.org',
    LIGHTKEEPER_MAIL_FROM: 'Lightkeeper <alerts@example.org>',
    LIGHTKEEPER_ALERT_ALLOW: '10.1.0.0/16, fd00::/8',
  });
  expect(given).toMatchObject({
    mailFrom: 'Lightkeeper <alerts@example.org>',
    alertAllow: ['10.1.0.0/16', 'fd00::/8'],
  });
  expect(parseSettings({}).mailFrom).toBeNull();
  for (const wrong of [
    { LIGHTKEEPER_SMTP_URL: 'mail.example.org' },
    { LIGHTKEEPER_MAIL_FROM: 'nobody' },
    { LIGHTKEEPER_MAIL_FROM: 'a@example.org\r\nBcc: b@example.org' },
    { LIGHTKEEPER_ALERT_ALLOW: '10.1.0.0/33' },
    { LIGHTKEEPER_ALERT_ALLOW: 'localhost' },
  ]) {
    expect(() => parseSettings(wrong)).toThrow(Object.keys(wrong)[0]);
  }
});
