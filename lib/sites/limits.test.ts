import { expect, test } from 'vitest';
import { PLANS } from '../../prisma/seed.ts';
import { limitsOf, OWN_LIMITS } from './limits.ts';

const [plan] = PLANS;
if (!plan) throw new Error('there is no plan');
const none = Object.fromEntries(OWN_LIMITS.map((limit) => [limit, null])) as Record<(typeof OWN_LIMITS)[number], null>;

test('a site without limits of its own has its plan’s, as numbers', () => {
  const limits = limitsOf({ ...none, plan });
  expect(limits).toMatchObject({ diskBytesMax: 1024 ** 3, pidsMax: 128, logBytesMax: 2 * 1024 ** 2 });
  expect(Object.values(limits).every((value) => typeof value === 'number')).toBe(true);
});

test.each(OWN_LIMITS)('its own %s comes before the plan’s, and zero is one', (limit) => {
  expect(limitsOf({ ...none, [limit]: 7, plan })[limit]).toBe(7);
  expect(limitsOf({ ...none, [limit]: 0, plan })[limit]).toBe(0);
});
