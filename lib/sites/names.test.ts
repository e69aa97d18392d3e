import { expect, test } from 'vitest';
import { generateSiteName, isSiteName, parseSiteName } from './names.ts';

test('generated names are names', () => {
  for (let draw = 0; draw < 500; draw += 1) expect(isSiteName(generateSiteName())).toBe(true);
});

test.each(['my-site', 'abc', 'a1b', `a${'b'.repeat(28)}c`])('%s is a name', (name) => {
  expect(parseSiteName(` ${name.toUpperCase()} `)).toBe(name);
});

test.each([
  '',
  'ab',
  '-abc',
  'abc-',
  'a--b',
  '1abc',
  'a_b',
  'a.b',
  '../x',
  'a b',
  '$(id)',
  'ä-umlaut',
  'a'.repeat(31),
  'xn--80ak6aa92e',
])('%j is refused with the rule', (name) => {
  expect(() => parseSiteName(name)).toThrow(expect.objectContaining({ code: 'bad-name' }));
});

test.each(['www', 'admin', 'api', 'git'])('%s is reserved', (name) => {
  expect(() => parseSiteName(name)).toThrow('is reserved');
});
