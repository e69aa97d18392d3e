// The charts' numbers as a table, for those who read them better so.

import type { Range } from '#lib/usage/ranges.ts';
import type { SiteLines } from '#lib/usage/site-history.ts';
import { lastWords } from '../../../../_components/chart/range-switch.tsx';
import { SITE_CHARTS } from '../../../../_components/chart/site-charts.ts';
import { Disclosure } from '../../../../_components/disclosure.tsx';
import { ExactTime } from '../../../../_components/time-text.tsx';
import { type Column, tableRows } from './table-rows.ts';

const ROWS_MAX = 24;

const { requests, latency, errors, memory, cpu, disk, network } = SITE_CHARTS;
const COLUMNS: { of: Column; title: string; format: (value: number) => string }[] = [
  { of: 'requests', title: 'Requests a minute', format: requests.format },
  { of: 'p50', title: 'p50', format: latency.format },
  { of: 'p95', title: 'p95', format: latency.format },
  { of: 'errors', title: 'Server errors a minute', format: errors.format },
  { of: 'memory', title: 'Memory', format: memory.format },
  { of: 'cpu', title: 'CPU, cores', format: cpu.format },
  { of: 'disk', title: 'Disk', format: disk.format },
  { of: 'network', title: 'Network', format: network.format },
];

export function HistoryTable({ lines, range }: { lines: SiteLines; range: Range }) {
  const rows = tableRows(lines, ROWS_MAX);
  if (rows.length === 0) return null;
  return (
    <Disclosure title="The same as a table">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section aria-label="Metrics as a table" tabIndex={0} className="mt-3 overflow-x-auto">
        <table className="w-full min-w-3xl border-collapse text-right text-sm tabular-nums">
          <caption className="pb-2 text-left text-muted">
            The {lastWords(range)}: means of requests, errors, CPU and network, the most of all else.
          </caption>
          <thead>
            <tr className="border-b border-line-strong text-xs text-muted">
              <th scope="col" className="py-2 pr-4 text-left font-semibold">
                From
              </th>
              {COLUMNS.map(({ of, title }) => (
                <th key={of} scope="col" className="px-2 py-2 align-bottom font-semibold">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ at, values }) => (
              <tr key={at} className="border-b border-line last:border-b-0">
                <th scope="row" className="whitespace-nowrap py-1.5 pr-4 text-left font-normal text-muted">
                  <ExactTime at={new Date(at * 1_000).toISOString()} />
                </th>
                {COLUMNS.map(({ of, format }) => (
                  <td key={of} className="whitespace-nowrap px-2 py-1.5">
                    {values[of] === null ? '–' : format(values[of])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Disclosure>
  );
}
