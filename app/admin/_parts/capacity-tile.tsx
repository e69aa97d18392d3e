// One resource of the machine: used, promised and there, in words and as one bar of three parts, and the last hour.

'use client';

import type { Resource } from '#lib/admin/host.ts';
import { Chart } from '../../_components/chart/chart.tsx';
import type { Points } from '../../_components/chart/points.ts';
import { levelOf } from '../../_components/levels.ts';

interface CapacityTileProps {
  title: string;
  of: string;
  resource: Resource;
  unit?: string;
  format: (value: number) => string;
  points: Points | undefined;
  calm?: boolean;
}

const COLOURS = { good: '', warn: 'text-warn', bad: 'text-bad' };

export function CapacityTile({ title, of, resource, unit = '', format, points, calm = false }: CapacityTileProps) {
  const { capacity, promised, used } = resource;
  const level = calm || capacity === null ? 'good' : levelOf(used, capacity);
  const words = unit ? ` ${unit}` : '';
  const percent = capacity ? Math.round((used / capacity) * 100) : null;
  return (
    <section
      aria-label={title}
      data-testid={`capacity-${of}`}
      data-level={level}
      className="flex flex-col rounded-card border border-line bg-surface px-3 pb-3 pt-3 sm:px-4"
    >
      <div className="flex items-baseline justify-between gap-3">
        <h3 className="text-sm font-bold">{title}</h3>
        {percent === null ? null : (
          <span className={`text-sm font-semibold tabular-nums ${COLOURS[level]}`}>{percent} %</span>
        )}
      </div>
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted tabular-nums">
        <span>
          <Swatch className="bg-meter" />
          <strong className="font-semibold text-ink">{format(used)}</strong>
          {capacity === null ? `${words} used` : ` of ${format(capacity)}${words} used`}
        </span>
        <span>
          <Swatch className="bg-meter/35" />
          {format(promised)} promised
        </span>
      </p>
      <CapacityBar resource={resource} level={level} />
      <div className="mt-2 max-sm:hidden">
        <Chart
          label={`${title} of the machine, last hour`}
          points={points}
          format={(value) => `${format(value)}${words}`}
          height={44}
          bare
        />
      </div>
    </section>
  );
}

function Swatch({ className }: { className: string }) {
  return <span aria-hidden="true" className={`mr-1.5 inline-block size-2 rounded-sm ${className}`} />;
}

/** The bar is as long as the larger of what is promised and what is there; a line marks the end of what is there. */
function CapacityBar({ resource: { capacity, promised, used }, level }: { resource: Resource; level: string }) {
  const whole = Math.max(capacity ?? 0, promised, used, 1);
  const share = (value: number) => `${((value / whole) * 100).toFixed(2)}%`;
  const isOver = capacity !== null && promised > capacity;
  return (
    <svg className="mt-2 block h-3 w-full" aria-hidden="true" focusable="false">
      <rect className="capacity-track" y="1" width="100%" height="10" rx="5" />
      <rect className="capacity-promised" y="1" width={share(promised)} height="10" rx="5" />
      <rect className="capacity-used" data-level={level} y="1" width={share(used)} height="10" rx="5" />
      {isOver ? <rect className="capacity-end" x={share(capacity)} width="2" height="12" /> : null}
    </svg>
  );
}
