// A line over time. Drawn by uPlot, which is loaded when the first chart is seen; said in words for those who do not see
// it, and as a table for those who want the numbers.

'use client';

import { useEffect, useRef } from 'react';
import 'uplot/dist/uPlot.min.css';
import { drawChart, type Mark } from './draw-chart.ts';
import { type Points, summarize } from './points.ts';

interface ChartProps {
  label: string;
  points: Points | undefined;
  format: (value: number) => string;
  height: number;
  /** Without axes: beside numbers that say the scale. */
  bare?: boolean;
  /** A line across: the limit. */
  max?: number | null;
  /** The scale goes up to this at the least. */
  least?: number;
  /** What the lines across may be apart; without, as uPlot finds. */
  steps?: readonly number[] | null;
  marks?: Mark[] | undefined;
}

export function Chart({
  label,
  points,
  format,
  height,
  bare = false,
  max = null,
  least = 0,
  steps = null,
  marks,
}: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const known = points && points.at.length > 1 ? points : null;
  useEffect(() => {
    const element = place.current;
    if (!element || !known) return;
    return drawChart(element, { points: known, format, height, bare, max, least, steps, marks: marks ?? [] });
  }, [known, format, height, bare, max, least, steps, marks]);

  return (
    <figure
      role="img"
      aria-label={`${label}: ${wordsOf(known, format)}`}
      className={`relative ${bare ? 'h-11' : 'h-44'}`}
    >
      <div ref={place} aria-hidden="true" className="absolute inset-0 overflow-hidden" />
      {known ? null : (
        <p className="absolute inset-0 flex items-end text-xs text-muted">
          {points ? 'The first minutes are being collected.' : ''}
        </p>
      )}
    </figure>
  );
}

function wordsOf(points: Points | null, format: (value: number) => string): string {
  const summary = points && summarize(points);
  if (!summary) return 'nothing collected yet';
  const { first, last, min, max } = summary;
  return `from ${format(first)} to ${format(last)}, at least ${format(min)}, at most ${format(max)}`;
}
