// Which commit is shown: main, or one of its newest.

import { ChevronDown, GitCommitHorizontal } from 'lucide-react';
import type { CommitList } from '#lib/api/history.ts';
import type { Place } from '#lib/api/place.ts';
import { Link } from '../../../../_components/link.tsx';
import { RelativeTime } from '../../../../_components/time-text.tsx';
import { filesHref } from './places.ts';

interface CommitChoiceProps {
  name: string;
  place: Place;
  commits: CommitList['commits'];
}

export function CommitChoice({ name, place, commits }: CommitChoiceProps) {
  const shown = place.commit === null ? 'main' : place.commit.slice(0, 7);
  return (
    <div className="flex flex-wrap items-center gap-3 text-sm">
      {place.commit === null ? null : (
        <Link
          href={filesHref(name, { ...place, commit: null })}
          className="font-medium text-accent underline-offset-4 hover:underline"
        >
          Back to main
        </Link>
      )}
      {/* A new choice is a new element, so that it is closed again. */}
      <details key={`${shown} ${place.path}`} className="group/choice relative">
        <summary className="inline-flex items-center gap-2 rounded-full border border-line-strong bg-surface px-4 py-1.5 font-semibold hover:border-ink/50">
          <GitCommitHorizontal className="size-4 text-muted" aria-hidden="true" />
          <span className="sr-only">Commit shown: </span>
          <code className="font-mono text-xs">{shown}</code>
          <ChevronDown className="size-4 text-muted group-open/choice:rotate-180" aria-hidden="true" />
        </summary>
        <ul
          aria-label="Commits"
          className="absolute left-0 z-10 mt-2 max-h-96 w-[min(24rem,calc(100vw-2.5rem))] overflow-y-auto rounded-box border border-line-strong bg-surface p-1.5 shadow-lg sm:left-auto sm:right-0"
        >
          {commits.map((commit, index) => (
            <li key={commit.id}>
              <Link
                href={filesHref(name, { ...place, commit: index === 0 ? null : commit.id })}
                aria-current={(place.commit ?? commits[0]?.id) === commit.id ? 'true' : undefined}
                className="block rounded-lg px-3 py-2 hover:bg-sunken aria-[current]:bg-sunken"
              >
                <span className="block truncate">{commit.subject || 'A commit without a message'}</span>
                <span className="block truncate text-xs text-muted">
                  <code className="font-mono">{commit.id.slice(0, 7)}</code>
                  {index === 0 ? ' · main' : ''} · {commit.author} · <RelativeTime at={commit.at} />
                </span>
              </Link>
            </li>
          ))}
          {commits.length === 0 ? <li className="px-3 py-2 text-muted">No commit yet.</li> : null}
        </ul>
      </details>
    </div>
  );
}
