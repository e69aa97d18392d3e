import { expect, test } from 'vitest';
import { installArguments, PACKAGES } from './packages.ts';

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
