// What was deployed, when, and what came of it.

import type { AdminSite } from '#lib/admin/site.ts';
import { ExactTime } from '../../../_components/time-text.tsx';
import { duration } from '../../../_components/time-words.ts';

type Deployment = AdminSite['deployments'][number];

export function DeploymentList({ deployments }: { deployments: Deployment[] }) {
  if (deployments.length === 0) {
    return <p className="text-sm text-muted">Nothing was deployed yet: the launch itself will be the first.</p>;
  }
  return (
    <ul className="flex flex-col divide-y divide-line text-sm" aria-label="Deployments">
      {deployments.map((deployment) => (
        <li
          key={deployment.number}
          className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2.5 first:pt-0 last:pb-0"
        >
          <span
            className={`w-16 shrink-0 rounded-full px-2 py-px text-center text-xs font-semibold ${LOOKS[moodOf(deployment)]}`}
          >
            {moodOf(deployment)}
          </span>
          <span className="min-w-40 flex-1 [overflow-wrap:anywhere]">
            <span className="text-muted">no. {deployment.number}</span> {deployment.subject ?? deployment.cause}
            {deployment.problem ? <span className="block text-xs text-muted">{deployment.problem}</span> : null}
          </span>
          <span className="text-xs text-muted max-sm:w-full max-sm:pl-19">
            {deployment.stack ? `${deployment.stack} · ` : ''}
            <ExactTime at={deployment.startedAt} />
            {deployment.finishedAt
              ? ` · ${duration(Date.parse(deployment.finishedAt) - Date.parse(deployment.startedAt))}`
              : ''}
          </span>
        </li>
      ))}
    </ul>
  );
}

const LOOKS = {
  Live: 'bg-good/12 text-good',
  Failed: 'bg-bad/10 text-bad',
  Running: 'bg-beam text-beam-ink',
  Earlier: 'bg-line/60 text-muted',
};

function moodOf({ status, isLive }: Deployment): keyof typeof LOOKS {
  if (status === 'failed') return 'Failed';
  if (status === 'running') return 'Running';
  return isLive ? 'Live' : 'Earlier';
}
