import { expect, test } from 'vitest';
import { hashToken, isUserToken, newUserToken } from './secret.ts';

test('each token is another one, and is known by its form', () => {
  const tokens = Array.from({ length: 50 }, newUserToken);
  expect(new Set(tokens).size).toBe(50);
  expect(tokens.every(isUserToken)).toBe(true);
  expect(new Set(tokens.map(hashToken)).size).toBe(50);
});

test.each([
  '',
  'lk_u_',
  `lk_u_${'x'.repeat(42)}`,
  `lk_u_${'x'.repeat(44)}`,
  `lk_u_${'x'.repeat(42)}%`,
  ` ${newUserToken()}`,
])('%j is none', (text) => {
  expect(isUserToken(text)).toBe(false);
});

test('a site’s token is never taken for a user’s, even if it begins like one', () => {
  expect(isUserToken(`lk_u_${'x'.repeat(30)}`)).toBe(false);
});
