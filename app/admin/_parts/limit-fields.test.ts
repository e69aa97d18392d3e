import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAmount, type Unit, writeAmount } from './limit-fields.ts';

it.each<[Unit, string, number | null]>([
  ['bytes', '2 GB', 2 * 1024 ** 3],
  ['bytes', '1.5gb', 1.5 * 1024 ** 3],
  ['bytes', 'much', null],
  ['cores', '0.5', 500],
  ['cores', '0,25', 250],
  ['cores', '-1', null],
  ['count', '200,000', 200_000],
  ['count', '1.5', null],
  ['minutes', '', null],
])('reads %s "%s"', (unit, text, expected) => {
  expect(parseAmount(unit, text)).toBe(expected);
});

it('reads what it wrote as exactly the same number', () => {
  const units = fc.constantFrom<Unit>('bytes', 'cores', 'count', 'minutes');
  fc.assert(
    fc.property(units, fc.integer({ min: 0, max: 2 ** 45 }), (unit, value) => {
      expect(parseAmount(unit, writeAmount(unit, value))).toBe(value);
    }),
  );
});
