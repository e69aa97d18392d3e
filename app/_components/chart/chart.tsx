// A line over time, or two. Drawn by uPlot, which is loaded when the first chart is about to be seen; said in words for
// those who do not see it.

'use client';

import { useEffect, useRef } from 'react';
import 'uplot/dist/uPlot.min.css';
import { type Drawn, keepDrawn, type Mark } from './draw-chart.ts';
import { type Points, summarize } from './points.ts';

interface ChartProps {
  label: string;
  points: Points | undefined;
  /** A second line, paler, of the same times; and what the two are called. */
  second?: Points | undefined;
  names?: readonly [string, string];
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
  /** The number of the mark that stands out. */
  chosen?: number | null;
}

const NO_NAMES = ['', ''] as const;
const NO_MARKS: Mark[] = [];

export function Chart({
  label,
  points,
  second,
  names = NO_NAMES,
  format,
  height,
  bare = false,
  max = null,
  least = 0,
  steps = null,
  marks = NO_MARKS,
  chosen = null,
}: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<Drawn | null>(null);
  const known = points && points.at.length > 1 ? points : null;
  useEffect(() => {
    if (!place.current) return;
    drawn.current = keepDrawn(place.current);
    return drawn.current.stop;
  }, []);
  useEffect(() => {
    const values = known && (second ? [known.values, second.values] : [known.values]);
    drawn.current?.show(
      known && values && { at: known.at, values, names, format, height, bare, max, least, steps, marks },
    );
  }, [known, second, names, format, height, bare, max, least, steps, marks]);
  useEffect(() => drawn.current?.choose(chosen), [chosen]);

  const words = second ? `${names[0]} ${wordsOf(known, format)}; ${names[1]} ${wordsOf(second, format)}` : null;
  return (
    <figure
      role="img"
      aria-label={`${label}: ${words ?? wordsOf(known, format)}`}
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
