// A site's charts side by side, with its deployments marked on each, and what the marks mean.

'use client';

import { useMemo } from 'react';
import type { OwnLimit } from '#lib/sites/limits.ts';
import type { Range } from '#lib/usage/ranges.ts';
import type { DeploymentMark, SiteHistory } from '#lib/usage/site-history.ts';
import { Chart } from './chart.tsx';
import type { Mark } from './draw-chart.ts';
import { lastWords } from './range-switch.tsx';
import type { SiteChart } from './site-charts.ts';

interface ChartGridProps {
  charts: readonly SiteChart[];
  history: SiteHistory | null;
  range: Range;
  limitOf: (limit: OwnLimit) => number | null;
  /** The number of the deployment that stands out. */
  chosen?: number | null;
  /** Without the words about the marks: another grid of the page has them. */
  plain?: boolean;
}

export function ChartGrid({ charts, history, range, limitOf, chosen = null, plain = false }: ChartGridProps) {
  const marks = useMemo(() => history?.deployments.map(markOf), [history]);
  return (
    <>
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
        {charts.map(({ of, second, names, title, format, limit, least, steps = null }) => (
          <div key={of} className="min-w-0" data-testid={`chart-${of}`}>
            <h3 className="mb-1 flex items-baseline justify-between gap-3 text-sm font-bold">
              {title}
              {names ? <LineNames names={names} /> : null}
            </h3>
            <Chart
              label={`${title}, ${lastWords(range)}`}
              points={history?.lines[of]}
              {...(second ? { second: history?.lines[second] } : {})}
              {...(names ? { names } : {})}
              format={format}
              height={176}
              max={limit ? limitOf(limit) : null}
              least={least}
              steps={steps}
              marks={marks}
              chosen={chosen}
            />
          </div>
        ))}
      </div>
      {plain ? null : <Legend />}
    </>
  );
}

function Legend() {
  return (
    <p className="mt-4 flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
      <span>
        <Dash className="border-good" /> a deployment, with its number
      </span>
      <span>
        <Dash className="border-bad" /> one that failed, or the limit
      </span>
      <span>Days and months are of hours, of which the most is shown.</span>
    </p>
  );
}

/** "No. 12 went live: 3f2a91c Say hello". */
export function markWords({ number, isFailed, commit, subject }: DeploymentMark): string {
  const what = [commit?.slice(0, 7), subject].filter(Boolean).join(' ');
  return `No. ${number} ${isFailed ? 'failed' : 'went live'}${what ? `: ${what}` : ''}`;
}

function markOf(mark: DeploymentMark): Mark {
  return { at: mark.at, number: mark.number, isBad: mark.isFailed, words: markWords(mark) };
}

function LineNames({ names: [first, second] }: { names: readonly [string, string] }) {
  return (
    <span className="flex gap-4 text-xs font-medium text-muted">
      <span>
        <span aria-hidden="true" className="mr-1.5 inline-block w-4 border-t-2 border-meter align-middle" />
        {first}
      </span>
      <span>
        <span aria-hidden="true" className="mr-1.5 inline-block w-4 border-t-2 border-accent align-middle" />
        {second}
      </span>
    </span>
  );
}

function Dash({ className }: { className: string }) {
  return (
    <span aria-hidden="true" className={`mr-1 inline-block w-5 border-t-2 border-dashed align-middle ${className}`} />
  );
}
