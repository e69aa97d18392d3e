// Sites that were deleted and are not gone yet: each comes back with one click, until its time is over.

'use client';

import { Undo2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { BUTTON } from './buttons.ts';
import { callApi, type Problem } from './call-api.ts';
import { Notice } from './notice.tsx';
import { RelativeTime } from './time-text.tsx';

export interface DeletedSiteView {
  name: string;
  undoUntil: string;
}

export function DeletedSites({ sites }: { sites: DeletedSiteView[] }) {
  if (sites.length === 0) return null;
  return (
    <ul aria-label="Deleted sites" className="flex max-w-md flex-col gap-3">
      {sites.map((site) => (
        <DeletedSite key={site.name} site={site} />
      ))}
    </ul>
  );
}

function DeletedSite({ site: { name, undoUntil } }: { site: DeletedSiteView }) {
  const router = useRouter();
  const [isBusy, setBusy] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const act = async (method: 'POST' | 'DELETE', place: string, then: () => void) => {
    setBusy(true);
    const answer = await callApi(method, `/api/sites/${name}${place}`);
    setProblem(answer.ok ? null : answer.problem);
    setBusy(false);
    if (answer.ok) then();
  };
  const undo = () => void act('POST', '/undelete', () => router.push(`/sites/${name}`));
  const end = () => void act('DELETE', '?now=1', () => router.refresh());
  return (
    <li
      data-testid={`deleted-${name}`}
      className="flex flex-col gap-3 rounded-card border border-line-strong bg-surface/90 px-5 py-4 text-sm backdrop-blur-sm"
    >
      <p className="text-muted">
        <strong className="font-semibold text-ink">{name}</strong> was deleted, and is gone{' '}
        <RelativeTime at={undoUntil} />.
      </p>
      <div className="flex flex-wrap gap-2">
        <button type="button" className={BUTTON.quiet} disabled={isBusy} onClick={undo}>
          <Undo2 className="size-4" aria-hidden="true" />
          Undo
        </button>
        {isAsked ? (
          <button type="button" className={BUTTON.danger} disabled={isBusy} onClick={end}>
            Delete it for ever now
          </button>
        ) : (
          <button
            type="button"
            className="px-2 text-muted underline-offset-4 hover:text-ink hover:underline"
            onClick={() => setAsked(true)}
          >
            Do not wait…
          </button>
        )}
      </div>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="undo-problem" />
      ) : null}
    </li>
  );
}
