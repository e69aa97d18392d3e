// What the site uses now, against its limits.

import type { AdminSite } from '#lib/admin/site.ts';
import { timeToFull, timeToFullWords } from '#lib/admin/time-to-full.ts';
import { formatBytes } from '#lib/bytes.ts';
import type { OwnLimit } from '#lib/sites/limits.ts';
import { cores, count, millis } from '../../../_components/amounts.ts';
import { perHour } from '../amounts.ts';
import { UsageBar } from '../bar.tsx';

export function SiteFacts({ site: { usage, limits } }: { site: AdminSite }) {
  const max = (limit: OwnLimit) => limits.find((each) => each.limit === limit)?.value ?? 0;
  const full = usage && timeToFull({ used: usage.disk, max: max('diskBytesMax'), growth: usage.growth });
  const notes = [
    ...(usage && Math.abs(usage.growth) >= 2 ** 20 ? [perHour(usage.growth)] : []),
    ...(full === null ? [] : [timeToFullWords(full)]),
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 rounded-card border border-line bg-surface p-4 sm:grid-cols-3 sm:p-5 lg:grid-cols-6">
      <Fact term="Disk" note={notes.join(' · ')}>
        <UsageBar used={usage?.disk ?? null} max={max('diskBytesMax')} format={formatBytes} testId="fact-disk" />
      </Fact>
      <Fact term="Memory">
        <UsageBar used={usage?.memory ?? null} max={max('memoryBytesMax')} format={formatBytes} testId="fact-memory" />
      </Fact>
      <Fact term="CPU, cores">
        <UsageBar used={usage?.cpu ?? null} max={max('cpuMillisMax')} format={cores} calm />
      </Fact>
      <Fact term="Processes">
        <UsageBar used={usage?.pids ?? null} max={max('pidsMax')} format={count} />
      </Fact>
      <Fact term="Files">
        <UsageBar used={usage?.inodes ?? null} max={max('inodesMax')} format={count} />
      </Fact>
      <Fact term="Requests">
        <p className="text-xs tabular-nums">
          {count(usage?.requestsPerMinute ?? 0)}/min
          <span className="text-muted">
            {usage?.p95Millis == null ? '' : ` · p95 ${millis(usage.p95Millis)}`} · {usage?.openRequests ?? 0} open
          </span>
        </p>
      </Fact>
    </dl>
  );
}

function Fact({ term, note = '', children }: { term: string; note?: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="mb-1 text-sm font-bold">{term}</dt>
      <dd>
        {children}
        {note ? <p className="mt-1 text-xs text-muted">{note}</p> : null}
      </dd>
    </div>
  );
}
