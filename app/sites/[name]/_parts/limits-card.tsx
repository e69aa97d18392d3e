// Disk, memory and processes against their limits, as the keeper last read them.

import { formatBytes } from '#lib/bytes.ts';
import type { SiteView } from '#lib/sites/view.ts';
import { Card } from '../../../_components/card.tsx';
import { Meter } from './meter.tsx';

export function LimitsCard({ view: { usage, limits } }: { view: SiteView }) {
  return (
    <Card title="Usage" id="usage" aside={<span className="text-sm text-muted">{limits.cpuMillis / 1000} CPU</span>}>
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
