// How the last change fares: on its way to the app, in force, or refused because the app does not start with it.

'use client';

import { Check, LoaderCircle, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { RelativeTime } from '../../../../_components/time-text.tsx';
import type { LiveEnvironment } from './use-environment.ts';

export function EnvironmentState({ name, live }: { name: string; live: LiveEnvironment }) {
  const { status, problem, revision, mayUndo, changedAt } = live.view;
  const isFresh = useFresh(status);
  if (revision === 0) return null;
  return (
    <div data-testid="environment-state" data-status={status} className="flex flex-col gap-3">
      <div className="flex min-h-10 flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <p role="status" className="flex items-start gap-2.5 text-sm">
          {status === 'applying' ? (
            <>
              <LoaderCircle
                className="mt-0.5 size-4.5 shrink-0 text-accent motion-safe:animate-spin"
                aria-hidden="true"
              />
              Restarting the app beside the one that serves. No request is lost.
            </>
          ) : null}
          {status === 'in-force' ? (
            <>
              <Check className="mt-0.5 size-4.5 shrink-0 text-good" aria-hidden="true" />
              <span>
                {isFresh ? 'The app runs with the new variables.' : 'The app runs with these variables.'}
                {changedAt ? (
                  <span className="text-muted">
                    {' '}
                    Changed <RelativeTime at={changedAt} />.
                  </span>
                ) : null}
              </span>
            </>
          ) : null}
        </p>
        {mayUndo && status !== 'applying' ? <Acts live={live} /> : null}
      </div>
      {status === 'refused' && problem ? (
        <Notice
          tone="bad"
          message="The app did not start with these variables, so it goes on with those before."
          hint={problem.message}
          testId="environment-refused"
        />
      ) : null}
      {status === 'refused' && problem ? (
        <p className="text-sm">
          <a
            href={`/sites/${name}/deployments/${problem.deployment}`}
            className="font-medium underline underline-offset-4"
          >
            The log of deployment {problem.deployment}
          </a>{' '}
          <span className="text-muted">has what it printed.</span>
        </p>
      ) : null}
    </div>
  );
}

function Acts({ live }: { live: LiveEnvironment }) {
  return (
    <div className="flex gap-2">
      {live.view.status === 'refused' ? (
        <button
          type="button"
          className={BUTTON.quiet}
          disabled={live.isBusy}
          onClick={() => void live.act('apply')}
          data-testid="environment-apply"
        >
          Try again
        </button>
      ) : null}
      <button
        type="button"
        className={BUTTON.quiet}
        disabled={live.isBusy}
        onClick={() => void live.act('undo')}
        data-testid="environment-undo"
      >
        <Undo2 className="size-4" aria-hidden="true" />
        Undo the last change
      </button>
    </div>
  );
}

/** Whether it came into force while somebody looked on. */
function useFresh(status: LiveEnvironment['view']['status']): boolean {
  const before = useRef(status);
  const [isFresh, setFresh] = useState(false);
  useEffect(() => {
    if (before.current !== status) setFresh(status === 'in-force');
    before.current = status;
  }, [status]);
  return isFresh;
}
