import { expect, it } from 'vitest';
import { linesOf } from './lines.ts';

const point = (second: number, value: number | null) => ({ at: new Date(second * 1_000), value });
const VALUES = { it: ({ value }: { value: number | null }) => value };

it('a line has a gap where nobody read, and none where a reading came late', () => {
  const points = [point(100, 1), point(110, 2), point(130, 3), point(300, 4)];
  expect(linesOf(points, 10, VALUES).it).toEqual({ at: [100, 110, 130, 290, 300], values: [1, 2, 3, null, 4] });
});

it('a line of nothing is empty', () => {
  expect(linesOf([], 60, VALUES).it).toEqual({ at: [], values: [] });
});

it('rates are of the points’ own length', () => {
  const rates = { rate: ({ value }: { value: number | null }, seconds: number) => ((value ?? 0) * 60) / seconds };
  expect(linesOf([point(0, 5)], 10, rates).rate.values).toEqual([30]);
});
