import { expect, test } from 'vitest';
import { installArguments, PACKAGES, unitsOf } from './packages.ts';

test('each package is known by a program at an absolute path', () => {
  for (const [name, program] of Object.entries(PACKAGES)) {
    expect(name).toMatch(/^[a-z0-9][a-z0-9.+-]+$/);
    expect(program).toMatch(/^\/(usr\/)?s?bin\//);
  }
});

test('nothing is asked, nothing that is only recommended comes along, and another apt-get is waited for', () => {
  const words = installArguments(['haproxy', 's6']);
  expect(words).toEqual(expect.arrayContaining(['-y', '--no-install-recommends', 'DPkg::Lock::Timeout=600']));
  expect(words.slice(-3)).toEqual(['--', 'haproxy', 's6']);
});

test('daemons of packages that we bring stay off, those of packages that were there are left alone', () => {
  expect(unitsOf(['docker.io', 'tini', 'haproxy'])).toEqual(['docker.service', 'docker.socket', 'haproxy.service']);
  expect(unitsOf(['git', 's6'])).toEqual([]);
});
