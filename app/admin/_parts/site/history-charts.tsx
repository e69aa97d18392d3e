// The site's use over time, with deployments marked on it.

'use client';

import { useEffect, useMemo, useState } from 'react';
import type { SiteHistory, SiteLines } from '#lib/admin/history.ts';
import { RANGES, type Range } from '#lib/admin/ranges.ts';
import type { AdminSite } from '#lib/admin/site.ts';
import { formatBytes } from '#lib/bytes.ts';
import type { OwnLimit } from '#lib/sites/limits.ts';
import { callApi } from '../../../_components/call-api.ts';
import { Card } from '../../../_components/card.tsx';
import { cores, count, millis } from '../amounts.ts';
import { Chart } from '../chart.tsx';
import type { Mark } from '../draw-chart.ts';

const AGAIN_MS: Record<Range, number> = { '1h': 10_000, '24h': 60_000, '30d': 600_000, '90d': 600_000 };
const SHORT_WORDS: Record<Range, string> = { '1h': '1 h', '24h': '24 h', '30d': '30 d', '90d': '90 d' };
const RANGE_WORDS: Record<Range, string> = { '1h': '1 hour', '24h': '24 hours', '30d': '30 days', '90d': '90 days' };

interface Shown {
  of: keyof SiteLines;
  title: string;
  format: (value: number) => string;
  limit?: OwnLimit;
  /** The least that the scale goes up to. */
  least: number;
  steps?: readonly number[];
}

const wholes = (value: number) => count(Math.round(value));
const perSecond = (bytes: number) => `${formatBytes(bytes)}/s`;
const roundCores = (value: number) => cores(Math.round(value));

const inMillis = (value: number) => millis(Math.round(value));

const MB = 1_024 * 1_024;

/** Of bytes, as they are written; and of what there is no half of. */
const BYTE_STEPS = Array.from({ length: 41 }, (_, power) => 2 ** (power + 3));
const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

const CHARTS: Shown[] = [
  { of: 'disk', title: 'Disk', format: formatBytes, limit: 'diskBytesMax', least: MB, steps: BYTE_STEPS },
  { of: 'memory', title: 'Memory', format: formatBytes, limit: 'memoryBytesMax', least: MB, steps: BYTE_STEPS },
  { of: 'cpu', title: 'CPU, cores', format: roundCores, limit: 'cpuMillisMax', least: 50 },
  { of: 'pids', title: 'Processes', format: wholes, limit: 'pidsMax', least: 10, steps: WHOLE_STEPS },
  { of: 'requests', title: 'Requests a minute', format: wholes, least: 10, steps: WHOLE_STEPS },
  { of: 'p95', title: 'p95 of requests', format: inMillis, least: 20 },
  {
    of: 'network',
    title: 'Network',
    format: perSecond,
    limit: 'bandwidthBytesMax',
    least: 10 * 1_024,
    steps: BYTE_STEPS,
  },
  { of: 'inodes', title: 'Files', format: wholes, limit: 'inodesMax', least: 100, steps: WHOLE_STEPS },
];

export function HistoryCharts({ site }: { site: AdminSite }) {
  const [range, setRange] = useState<Range>('1h');
  const history = useHistory(site.name, range);
  const marks = useMemo(() => history?.deployments.map(markOf), [history]);
  const limitOf = (limit: OwnLimit) => site.limits.find((each) => each.limit === limit)?.value ?? null;
  return (
    <Card
      title="Over time"
      id="history"
      aside={
        <fieldset className="flex overflow-hidden rounded-full border border-line-strong text-sm">
          <legend className="sr-only">How far back</legend>
          {RANGES.map((each) => (
            <label
              key={each}
              className="cursor-pointer px-3 py-1 font-medium text-muted hover:text-ink has-checked:bg-ink has-checked:text-paper has-focus-visible:outline-3 has-focus-visible:outline-focus"
            >
              <input
                type="radio"
                name="range"
                value={each}
                checked={range === each}
                onChange={() => setRange(each)}
                aria-label={RANGE_WORDS[each]}
                className="sr-only"
              />
              {SHORT_WORDS[each]}
            </label>
          ))}
        </fieldset>
      }
    >
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
        {CHARTS.map(({ of, title, format, limit, least, steps = null }) => (
          <div key={of} className="min-w-0" data-testid={`chart-${of}`}>
            <h3 className="mb-1 text-sm font-bold">{title}</h3>
            <Chart
              label={`${title}, last ${RANGE_WORDS[range]}`}
              points={history?.lines[of]}
              format={format}
              height={176}
              max={limit ? limitOf(limit) : null}
              least={least}
              steps={steps}
              marks={marks}
            />
          </div>
        ))}
      </div>
      <p className="mt-4 flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
        <span>
          <Dash className="border-good" /> a deployment
        </span>
        <span>
          <Dash className="border-bad" /> one that failed, or the limit
        </span>
        <span>Days and months are of hours, of which the most is shown.</span>
      </p>
    </Card>
  );
}

function markOf({ at, isFailed }: SiteHistory['deployments'][number]): Mark {
  return { at, isBad: isFailed };
}

function Dash({ className }: { className: string }) {
  return (
    <span aria-hidden="true" className={`mr-1 inline-block w-5 border-t-2 border-dashed align-middle ${className}`} />
  );
}

function useHistory(name: string, range: Range): SiteHistory | null {
  const [history, setHistory] = useState<SiteHistory | null>(null);
  useEffect(() => {
    let isWanted = true;
    const look = async () => {
      if (document.hidden) return;
      const answer = await callApi<SiteHistory>('GET', `/api/admin/sites/${name}/history?range=${range}`);
      if (isWanted && answer.ok) setHistory(answer.data);
    };
    void look();
    const timer = setInterval(() => void look(), AGAIN_MS[range]);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [name, range]);
  return history;
}
