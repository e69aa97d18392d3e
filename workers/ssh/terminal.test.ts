import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TerminalSize } from '#lib/terminal/protocol.ts';
import { clampSize, coalesceSizes } from './terminal.ts';

describe('clampSize', () => {
  it.each([
    [120, 40, 120, 40],
    [0, 0, 80, 24],
    [4_294_967_295, 501, 500, 500],
    [-1, Number.NaN, 80, 24],
  ])('makes %s × %s a terminal of %s × %s', (columns, rows, wantedColumns, wantedRows) => {
    expect(clampSize(columns, rows)).toEqual({ columns: wantedColumns, rows: wantedRows });
  });
});

describe('coalesceSizes', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('turns 2,000 changes in a second into at most 11, the first and the last among them', () => {
    const applied: TerminalSize[] = [];
    const resize = coalesceSizes((size) => applied.push(size), 100);
    for (let change = 1; change <= 2_000; change += 1) {
      resize({ columns: change, rows: 1 });
      if (change % 2 === 0) vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(1_000);
    expect(applied.length).toBeLessThanOrEqual(12);
    expect([applied.at(0)?.columns, applied.at(-1)?.columns]).toEqual([1, 2_000]);
  });

  it('applies a lone change at once', () => {
    const applied: TerminalSize[] = [];
    const resize = coalesceSizes((size) => applied.push(size), 100);
    resize({ columns: 80, rows: 24 });
    expect(applied).toHaveLength(1);
    vi.advanceTimersByTime(1_000);
    resize({ columns: 81, rows: 24 });
    expect(applied).toHaveLength(2);
  });
});
