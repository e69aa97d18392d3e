// How long requests took, as counts by duration: small, and any two can be added. Four spans to each doubling, so a
// quantile is at most a fifth too high.

/** Counts of the spans from the first on, without the empty ones at the end. Span 0 is 1 ms and less. */
export type Latency = readonly number[];

const SPANS_PER_DOUBLING = 4;
/** Two minutes, HAProxy's longest wait for an answer, and more: everything above is in the last span. */
export const SPANS_MAX = 17 * SPANS_PER_DOUBLING + 1;
const COUNT_MAX = 2 ** 31 - 1;

/** The span that a duration falls into. */
export function spanOf(millis: number): number {
  if (!(millis > 1)) return 0;
  return Math.min(SPANS_MAX - 1, Math.ceil(SPANS_PER_DOUBLING * Math.log2(millis) - 1e-9));
}

/** The longest duration of a span, in milliseconds. */
export function spanEnd(span: number): number {
  return 2 ** (span / SPANS_PER_DOUBLING);
}

/** Adds one duration, in place: this runs for each request. */
export function count(latency: number[], millis: number): void {
  const span = spanOf(millis);
  while (latency.length <= span) latency.push(0);
  latency[span] = (latency[span] ?? 0) + 1;
}

export function addLatencies(a: Latency, b: Latency): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, span) => Math.min(COUNT_MAX, (a[span] ?? 0) + (b[span] ?? 0)));
}

export function countOf(latency: Latency): number {
  return latency.reduce((sum, each) => sum + each, 0);
}

/** So many milliseconds the share of the requests took at the most; null without any. */
export function quantile(latency: Latency, share: number): number | null {
  const total = countOf(latency);
  if (total === 0) return null;
  const wanted = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (const [span, each] of latency.entries()) {
    seen += each;
    if (seen >= wanted) return Math.round(spanEnd(span));
  }
  return Math.round(spanEnd(latency.length - 1));
}
