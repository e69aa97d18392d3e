// Amounts as pages write them.

/** "0.35", "2": thousandths of a core as cores. */
export function cores(millis: number): string {
  return (millis / 1_000).toLocaleString('en-US', { maximumFractionDigits: millis < 10_000 ? 2 : 0 });
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** "84 ms", "1.2 s". */
export function millis(value: number): string {
  return value < 1_000 ? `${value} ms` : `${(value / 1_000).toFixed(1)} s`;
}
