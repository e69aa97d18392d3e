// The site's use over time, with deployments marked on it.

'use client';

import { useState } from 'react';
import type { AdminSite } from '#lib/admin/site.ts';
import type { OwnLimit } from '#lib/sites/limits.ts';
import type { Range } from '#lib/usage/ranges.ts';
import { Card } from '../../../_components/card.tsx';
import { ChartGrid } from '../../../_components/chart/chart-grid.tsx';
import { RangeSwitch } from '../../../_components/chart/range-switch.tsx';
import { SITE_CHARTS } from '../../../_components/chart/site-charts.ts';
import { useSiteHistory } from '../../../_components/chart/use-site-history.ts';

const { disk, memory, cpu, pids, requests, latency, errors, network, inodes } = SITE_CHARTS;
const CHARTS = [disk, memory, cpu, pids, requests, latency, errors, network, inodes];

export function HistoryCharts({ site }: { site: AdminSite }) {
  const [range, setRange] = useState<Range>('1h');
  const { history } = useSiteHistory(`/api/admin/sites/${site.name}/history`, range);
  const limitOf = (limit: OwnLimit) => site.limits.find((each) => each.limit === limit)?.value ?? null;
  return (
    <Card title="Over time" id="history" aside={<RangeSwitch range={range} onChange={setRange} />}>
      <ChartGrid charts={CHARTS} history={history} range={range} limitOf={limitOf} />
    </Card>
  );
}
