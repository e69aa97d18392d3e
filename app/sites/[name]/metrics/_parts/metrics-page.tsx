// What a site did over time, and what its releases did to that. Follows while it is open.

'use client';

import { useState } from 'react';
import type { OwnLimit } from '#lib/sites/limits.ts';
import type { Range } from '#lib/usage/ranges.ts';
import type { SiteHistory } from '#lib/usage/site-history.ts';
import { Card } from '../../../../_components/card.tsx';
import { ChartGrid } from '../../../../_components/chart/chart-grid.tsx';
import { lastWords, RangeSwitch } from '../../../../_components/chart/range-switch.tsx';
import { SITE_CHARTS } from '../../../../_components/chart/site-charts.ts';
import { useSiteHistory } from '../../../../_components/chart/use-site-history.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { Command } from '../../_parts/command.tsx';
import { HistoryTable } from './history-table.tsx';
import { Releases } from './releases.tsx';

const { requests, latency, errors, memory, cpu, disk, network, pids } = SITE_CHARTS;
const VISITORS = [requests, latency, errors, network];
const MACHINE = [memory, cpu, disk, pids];

interface MetricsPageProps {
  name: string;
  address: string;
  limits: Partial<Record<OwnLimit, number>>;
  first: SiteHistory;
}

export function MetricsPage({ name, address, limits, first }: MetricsPageProps) {
  const [range, setRange] = useState<Range>(first.range);
  const [chosen, setChosen] = useState<number | null>(null);
  const { history, problem } = useSiteHistory(`/api/sites/${name}/metrics`, range, first);
  const grid = { history, range, chosen, limitOf: (limit: OwnLimit) => limits[limit] ?? null };
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 sm:px-8">
      <header className="flex flex-wrap items-center justify-between gap-4">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Metrics</h1>
        <RangeSwitch range={range} onChange={setRange} />
      </header>
      {problem ? (
        <Notice
          tone="warn"
          message={problem.message}
          hint="What you see may be old; trying again."
          testId="metrics-problem"
        />
      ) : null}
      {history && isUnvisited(history) ? <Unvisited address={address} range={range} /> : null}
      <Card title="Visitors" id="visitors">
        <ChartGrid charts={VISITORS} {...grid} />
      </Card>
      <Releases name={name} deployments={history?.deployments ?? []} onChoose={setChosen} />
      <Card title="Machine" id="machine">
        <ChartGrid charts={MACHINE} {...grid} plain />
      </Card>
      {history ? <HistoryTable lines={history.lines} range={range} /> : null}
    </main>
  );
}

function isUnvisited({ lines }: SiteHistory): boolean {
  return lines.requests.values.every((value) => !value);
}

function Unvisited({ address, range }: { address: string; range: Range }) {
  return (
    <section
      aria-label="No visits yet"
      data-testid="metrics-empty"
      className="flex flex-col gap-3 rounded-card border border-line bg-surface p-5 text-sm sm:p-6"
    >
      <p>
        <strong className="font-semibold">Nobody visited in the {lastWords(range)}.</strong>{' '}
        <span className="text-muted">
          Every request to the site counts here, within some seconds. Make the first one and watch the lines move:
        </span>
      </p>
      <Command text={`curl ${address}`} what="the command" />
    </section>
  );
}
