// The deployments in the charts' time: pointed at or focused, each stands out on all charts.

import type { DeploymentMark } from '#lib/usage/site-history.ts';
import { markWords } from '../../../../_components/chart/chart-grid.tsx';
import { Link } from '../../../../_components/link.tsx';
import { RelativeTime } from '../../../../_components/time-text.tsx';

const SHOWN_MAX = 8;

interface ReleasesProps {
  name: string;
  deployments: DeploymentMark[];
  onChoose: (number: number | null) => void;
}

export function Releases({ name, deployments, onChoose }: ReleasesProps) {
  if (deployments.length === 0) return null;
  const more = deployments.length - SHOWN_MAX;
  return (
    <nav aria-label="Deployments in this time" className="flex flex-col gap-2 text-sm">
      <p className="text-muted">Deployments in this time. Point at one to see what it did.</p>
      <ul className="flex flex-wrap gap-2">
        {deployments.slice(0, SHOWN_MAX).map((mark) => (
          <li key={mark.number} className="min-w-0">
            <Link
              href={`/sites/${name}/deployments/${mark.number}`}
              data-testid={`release-${mark.number}`}
              onMouseEnter={() => onChoose(mark.number)}
              onMouseLeave={() => onChoose(null)}
              onFocus={() => onChoose(mark.number)}
              onBlur={() => onChoose(null)}
              className={`flex max-w-full gap-1.5 rounded-full border bg-surface px-3 py-1 hover:border-ink/50 ${mark.isFailed ? 'border-bad/50' : 'border-line-strong'}`}
            >
              <span className="truncate">{markWords(mark)}</span>
              <span className="shrink-0 text-muted">
                <RelativeTime at={new Date(mark.at * 1_000).toISOString()} />
              </span>
            </Link>
          </li>
        ))}
        {more > 0 ? <li className="self-center px-1 text-muted">and {more} earlier</li> : null}
      </ul>
    </nav>
  );
}
