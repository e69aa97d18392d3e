// Repeats, and what is made of them. Absolute times drift with the machine: the ratio to the raw limit is the figure.

/** More is better. */
type Rate = 'requests/s' | 'MB/s';

export interface Figure {
  name: string;
  unit: 'ms' | '%' | 'MB' | 'requests' | 'sites' | Rate;
  product: Summary;
  raw: Summary;
  /** What the raw limit is: the same thing done by hand. */
  rawIs: string;
  /** Median to median; for a rate the inverse, so that 1 is the limit and more is worse. */
  ratio: number;
}

export interface Summary {
  min: number;
  median: number;
  p95: number;
  max: number;
}

/** Runs product and raw in turn, so that both meet the same machine. */
export async function compare(
  name: string,
  rawIs: string,
  rounds: number,
  product: () => Promise<number>,
  raw: () => Promise<number>,
  unit: Figure['unit'] = 'ms',
): Promise<Figure> {
  const values = { product: [] as number[], raw: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    values.raw.push(await raw());
    values.product.push(await product());
  }
  const [ours, limit] = [summarize(values.product), summarize(values.raw)];
  return figureOf(name, unit, ours, rawIs, limit);
}

/** Of what was measured in another way than in turn. */
export function figureOf(name: string, unit: Figure['unit'], product: Summary, rawIs: string, raw: Summary): Figure {
  const isRate = unit === 'requests/s' || unit === 'MB/s';
  const ratio = isRate ? raw.median / product.median : product.median / raw.median;
  return { name, unit, product, raw, rawIs, ratio };
}

export function summarize(values: number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  return { min: at(0), median: at(0.5), p95: at(0.95), max: at(1) };
}

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function renderTable(figures: Figure[]): string {
  const rows = figures.map(({ name, unit, product, raw, ratio, rawIs }) => [
    name,
    `${write(product.min)} / ${write(product.median)} / ${write(product.p95)}`,
    `${write(raw.min)} / ${write(raw.median)} / ${write(raw.p95)}`,
    unit,
    ratio.toFixed(2),
    rawIs,
  ]);
  const head = ['what', 'min / median / p95', 'raw', 'unit', 'ratio', 'raw is'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function write(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US');
}
