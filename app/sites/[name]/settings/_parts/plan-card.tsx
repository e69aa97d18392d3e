// The limits of the site, and how to get more.

import { formatBytes } from '#lib/bytes.ts';
import type { SiteView } from '#lib/sites/view.ts';
import { cores, count } from '../../../../_components/amounts.ts';
import { Card } from '../../../../_components/card.tsx';

export function PlanCard({ view: { plan, limits } }: { view: SiteView }) {
  const terms = [
    { term: 'Disk', value: formatBytes(limits.diskBytes) },
    { term: 'Memory', value: formatBytes(limits.memoryBytes) },
    { term: 'CPU, cores', value: cores(limits.cpuMillis) },
    { term: 'Processes', value: count(limits.pids) },
    { term: 'Files', value: count(limits.inodes) },
    { term: 'Open files', value: count(limits.openFiles) },
  ];
  return (
    <Card title="Plan" id="plan" aside={<span className="text-sm font-medium text-muted">{plan}</span>}>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm sm:grid-cols-3">
        {terms.map(({ term, value }) => (
          <div key={term}>
            <dt className="text-xs text-muted">{term}</dt>
            <dd className="font-semibold tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-4 text-sm text-muted">
        Need more? Ask whoever runs this Lightkeeper: an admin raises a limit while the site runs.
      </p>
    </Card>
  );
}
