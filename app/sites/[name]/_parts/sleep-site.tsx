// Whether the site sleeps, and the owner's button for either way. Visitors need none: they wake it by coming.

'use client';

import { useState } from 'react';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Notice } from '../../../_components/notice.tsx';
import { RelativeTime } from '../../../_components/time-text.tsx';

export function SleepSite({ view }: { view: SiteView }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isAsleep = view.rest !== 'awake';

  const change = async () => {
    setBusy(true);
    const answer = await callApi('POST', `/api/sites/${view.name}/${isAsleep ? 'wake' : 'sleep'}`);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
  };

  return (
    <section className="flex flex-col gap-3 text-sm text-muted" data-testid="sleep" data-rest={view.rest}>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="min-w-0 flex-1 basis-64">
          {isAsleep ? (
            <>
              Asleep: its programs {view.rest === 'frozen' ? 'stand still' : 'are stopped'}, its files are kept. Last
              visited <RelativeTime at={view.activeAt} />. The next visit, SSH session or push wakes it.
            </>
          ) : (
            'A site that sleeps uses no processor. The next visit, SSH session or push wakes it, within a second or so.'
          )}
        </p>
        <button
          type="button"
          className={`${BUTTON.quiet} text-ink`}
          disabled={isBusy}
          onClick={change}
          data-testid="change-rest"
        >
          {isAsleep ? 'Wake this site' : 'Put it to sleep'}
        </button>
      </div>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="sleep-problem" />
      ) : null}
    </section>
  );
}
