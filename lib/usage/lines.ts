// Points over time as lines for charts. Pure.

import type { PointSeconds } from './history.ts';

export interface Line {
  /** Seconds since 1970, ascending. */
  at: number[];
  /** Null: nothing was read then. */
  values: (number | null)[];
}

type Values<Point, Name extends string> = Record<Name, (point: Point, seconds: PointSeconds) => number | null>;

/** Where points are missing nobody read: a gap, which no line crosses. */
export function linesOf<Point extends { at: Date }, Name extends string>(
  points: Point[],
  seconds: PointSeconds,
  values: Values<Point, Name>,
): Record<Name, Line> {
  const spaced = withGaps(points, seconds);
  const at = spaced.map((slot) => slot.at);
  const lines = (Object.keys(values) as Name[]).map((name): [Name, Line] => [
    name,
    { at, values: spaced.map(({ point }) => (point ? values[name](point, seconds) : null)) },
  ]);
  return Object.fromEntries(lines) as Record<Name, Line>;
}

function withGaps<Point extends { at: Date }>(points: Point[], seconds: number): { at: number; point: Point | null }[] {
  return points.flatMap((point, index) => {
    const at = point.at.getTime() / 1_000;
    const before = points[index - 1];
    const isAfterGap = before !== undefined && at - before.at.getTime() / 1_000 > 3 * seconds;
    return isAfterGap
      ? [
          { at: at - seconds, point: null },
          { at, point },
        ]
      : [{ at, point }];
  });
}
