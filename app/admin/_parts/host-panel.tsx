// The machine at a glance: what it has, what is promised of it, what is used; the sites in numbers; the keeper's age.

'use client';

import type { HostView } from '#lib/admin/host.ts';
import { formatBytes } from '#lib/bytes.ts';
import { cores, count } from '../../_components/amounts.ts';
import { STATE_NAMES, sitesWords } from './amounts.ts';
import { CapacityTile } from './capacity-tile.tsx';
import { KeeperAge } from './keeper-age.tsx';
import { useHostHistory } from './use-host-history.ts';

export function HostPanel({ host }: { host: HostView }) {
  const history = useHostHistory();
  return (
    <section aria-labelledby="machine" className="mb-8">
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <h2 id="machine" className="sr-only">
          Machine
        </h2>
        <SitesLine host={host} />
        <KeeperAge readAt={host.readAt} readMillis={host.readMillis} />
      </div>
      <div className="grid grid-cols-2 gap-2 sm:gap-3 xl:grid-cols-4">
        <CapacityTile title="Disk" of="disk" resource={host.disk} format={formatBytes} points={history?.disk} />
        <CapacityTile title="Memory" of="memory" resource={host.memory} format={formatBytes} points={history?.memory} />
        <CapacityTile title="CPU" of="cpu" unit="cores" resource={host.cpu} format={cores} points={history?.cpu} calm />
        <CapacityTile title="Processes" of="pids" resource={host.pids} format={count} points={history?.pids} />
      </div>
      <p className="mt-3 text-xs text-muted" data-testid="overcommit">
        Promised to sites: memory <strong className="text-ink">{times(host.promisedTimes.memory)}</strong>, disk{' '}
        <strong className="text-ink">{times(host.promisedTimes.disk)}</strong> what the machine has; launches stop at{' '}
        {times(host.overcommit)}. {count(host.inodes.used)} files and directories on all disks, up to{' '}
        {count(host.inodes.promised)} promised.
      </p>
    </section>
  );
}

function SitesLine({ host }: { host: HostView }) {
  const { counts } = host;
  const shown = (['live', 'asleep', 'held', 'launching', 'failed', 'deleting'] as const).filter(
    (state) => state === 'live' || counts[state] > 0,
  );
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm" data-testid="site-counts">
      <strong className="font-bold">{sitesWords(host.owned)}</strong>
      {shown.map((state) => (
        <span key={state} className={state === 'held' || state === 'failed' ? 'text-bad' : 'text-muted'}>
          {count(counts[state])} {STATE_NAMES[state].toLowerCase()}
        </span>
      ))}
      <span className={host.ready < host.readyWanted ? 'text-warn' : 'text-muted'}>
        {host.ready} of {host.readyWanted} ready for a click
      </span>
      <span className="text-muted">{count(host.requestsPerMinute)} requests/min</span>
    </p>
  );
}

function times(value: number): string {
  return `${value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 })}×`;
}
