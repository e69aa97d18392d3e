// What becomes of a commit: the lines of its deployment, that it is live, or why not and what to do.

'use client';

import { ArrowUpRight, CircleCheck } from 'lucide-react';
import { useState } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';
import type { Problem } from '../../../../_components/call-api.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { duration } from '../../../../_components/time-words.ts';
import { LogView } from '../../_parts/log-view.tsx';
import { filesHref } from './places.ts';
import type { CommitState } from './use-commit.ts';

interface CommitProgressProps {
  name: string;
  address: string;
  state: CommitState;
  path: string | null;
  /** What the file was when it was opened. */
  baseText: string;
  onMoveOn: (path: string | null) => Promise<{ text: string | null } | Problem>;
  onRetry: () => Promise<void>;
}

export function CommitProgress({ state, ...rest }: CommitProgressProps) {
  if (state.phase === 'idle') return null;
  return (
    <div className="flex flex-col gap-4 border-t border-line px-5 py-4 sm:px-6">
      {state.log || state.phase === 'busy' ? <LogView text={state.log} label="Log of the deployment" /> : null}
      <div aria-live="polite" className="empty:hidden">
        {state.phase === 'live' ? <Live address={rest.address} tookMs={state.tookMs} /> : null}
      </div>
      {state.phase === 'refused' && state.problem ? (
        <Notice
          tone="bad"
          message={state.problem.message}
          hint={state.problem.hint || 'What you wrote is still here.'}
          urgent
          testId="commit-problem"
        />
      ) : null}
      {state.phase === 'moved' && state.problem ? <Moved {...rest} problem={state.problem} /> : null}
    </div>
  );
}

function Live({ address, tookMs }: { address: string; tookMs: number }) {
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm" data-testid="commit-live">
      <CircleCheck className="size-5 text-good" aria-hidden="true" />
      <strong className="font-semibold">Live after {duration(tookMs)}.</strong>
      <a
        href={address}
        target="_blank"
        rel="noreferrer noopener"
        className="inline-flex items-center gap-1 font-medium text-accent underline-offset-4 hover:underline"
      >
        See it
        <ArrowUpRight className="size-4" aria-hidden="true" />
      </a>
    </p>
  );
}

type MovedProps = Omit<CommitProgressProps, 'state' | 'address'> & { problem: Problem };

/** Two steps: look at what main is now, then commit on top of it. The second says whether the same file changed. */
function Moved({ name, path, baseText, problem, onMoveOn, onRetry }: MovedProps) {
  const [seen, setSeen] = useState<{ isSame: boolean } | null>(null);
  const [fault, setFault] = useState<Problem | null>(null);
  const look = async () => {
    const found = await onMoveOn(path);
    if ('message' in found) return setFault(found);
    setFault(null);
    setSeen({ isSame: path === null ? found.text === null : found.text === baseText });
  };
  const words = seen?.isSame
    ? { message: 'This file is as you found it.', hint: 'Your commit fits on top of the new main.' }
    : { message: 'This very file has changed.', hint: 'Committing yours replaces what was committed meanwhile.' };
  return (
    <>
      <Notice
        tone={seen ? 'info' : 'warn'}
        message={seen ? words.message : problem.message}
        hint={seen ? words.hint : problem.hint}
        urgent
        testId="commit-moved"
      />
      {fault ? <Notice tone="bad" message={fault.message} hint={fault.hint} urgent /> : null}
      <div className="flex flex-wrap gap-3">
        {seen ? (
          <button type="button" className={seen.isSame ? BUTTON.primary : BUTTON.danger} onClick={() => void onRetry()}>
            {seen.isSame ? 'Commit on top' : 'Replace it with mine'}
          </button>
        ) : (
          <button type="button" className={BUTTON.primary} onClick={() => void look()}>
            See what is new
          </button>
        )}
        <a
          href={filesHref(name, { path: path ?? '', commit: null })}
          target="_blank"
          rel="noreferrer"
          className={`${BUTTON.quiet} no-underline`}
        >
          Open the newest version
        </a>
      </div>
    </>
  );
}
