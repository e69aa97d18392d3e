// Disk, memory, CPU and processes against their limits, and the visits of the last minute, as the keeper last read them.

import { formatBytes } from '#lib/bytes.ts';
import type { SiteView, UsageView } from '#lib/sites/view.ts';
import { Card } from '../../../_components/card.tsx';
import { Meter } from './meter.tsx';

export function LimitsCard({ view: { usage, limits } }: { view: SiteView }) {
  return (
    <Card title="Usage" id="usage" aside={<Requests usage={usage} />}>
      <div className="flex flex-col gap-5">
        <Meter
          label="Disk"
          used={usage?.diskBytes ?? null}
          max={limits.diskBytes}
          format={formatBytes}
          testId="meter-disk"
        />
        <Meter
          label="Memory"
          used={usage?.memoryBytes ?? null}
          max={limits.memoryBytes}
          format={formatBytes}
          testId="meter-memory"
        />
        <Meter
          label="CPU"
          used={usage && Math.min(usage.cpuMillis, limits.cpuMillis)}
          max={limits.cpuMillis}
          format={formatCores}
          testId="meter-cpu"
        />
        <Meter
          label="Processes"
          used={usage?.pids ?? null}
          max={limits.pids}
          format={String}
          testId="meter-processes"
        />
      </div>
    </Card>
  );
}

function Requests({ usage }: { usage: UsageView | null }) {
  const count = usage?.requestsPerMinute ?? 0;
  if (count === 0) return null;
  const p95 = usage?.p95Millis ?? null;
  return (
    <span className="text-sm text-muted tabular-nums" data-testid="requests">
      {count.toLocaleString('en-US')} {count === 1 ? 'request' : 'requests'} a minute
      {p95 === null ? null : <>, 95 % within {p95.toLocaleString('en-US')} ms</>}
    </span>
  );
}

/** Thousandths of a core as "0.25". */
function formatCores(millis: number): string {
  return String(Math.round(millis / 10) / 100);
}
