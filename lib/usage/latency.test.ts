import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addLatencies, count, countOf, quantile, SPANS_MAX, spanEnd, spanOf } from './latency.ts';

const millis = fc.array(fc.integer({ min: 0, max: 120_000 }), { maxLength: 300 });

const some = fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 1, maxLength: 300 });

function of(durations: number[]): number[] {
  const latency: number[] = [];
  for (const each of durations) count(latency, each);
  return latency;
}

test('each duration falls into the span that ends where it may, and no later', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 131_072 }), (duration) => {
      const span = spanOf(duration);
      expect(spanEnd(span)).toBeGreaterThanOrEqual(duration * (1 - 1e-6));
      if (span > 0) expect(spanEnd(span - 1)).toBeLessThan(duration);
    }),
  );
});

test('whatever comes is counted within the bounds', () => {
  for (const odd of [-5, 0, 1, Number.NaN, 1e12, Number.POSITIVE_INFINITY]) expect(spanOf(odd)).toBeLessThan(SPANS_MAX);
  expect(of([1e12])).toHaveLength(SPANS_MAX);
});

test('two together are as if all had been counted in one', () => {
  fc.assert(
    fc.property(millis, millis, (a, b) => {
      expect(addLatencies(of(a), of(b))).toEqual(of([...a, ...b]));
      expect(countOf(addLatencies(of(a), of(b)))).toBe(a.length + b.length);
    }),
  );
});

test('without any there is no quantile', () => {
  expect(quantile([], 0.5)).toBeNull();
});

test('a quantile is the true one, at most a fifth too high', () => {
  fc.assert(
    fc.property(some, fc.double({ min: 0.01, max: 1, noNaN: true }), (durations, share) => {
      const found = quantile(of(durations), share);
      const sorted = durations.toSorted((a, b) => a - b);
      const truth = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      expect(found).toBeGreaterThanOrEqual(Math.max(1, truth) - 0.5);
      expect(found).toBeLessThanOrEqual(Math.max(1, truth) * 1.2 + 0.5);
    }),
  );
});
