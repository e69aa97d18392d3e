import { expect, test } from 'vitest';
import { parseIdempotencyKey } from './idempotency-key.ts';

test('a key is taken with the quotes of the draft and without', () => {
  const key = '8e03978e-40d5-43e8-bc93-6894a57f9324';
  expect(parseIdempotencyKey(key)).toBe(key);
  expect(parseIdempotencyKey(`"${key}"`)).toBe(key);
  expect(parseIdempotencyKey(null)).toBeNull();
});

test.each(['', '""', 'short', `"${'x'.repeat(101)}"`, 'sixteen letters and a space', `"${'x'.repeat(20)}`])(
  '%j is no key',
  (text) => {
    expect(() => parseIdempotencyKey(text)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  },
);
