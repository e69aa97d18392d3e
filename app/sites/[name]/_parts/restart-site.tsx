// The way out when nothing inside answers any more: a restart, which keeps the disk.

'use client';

import { useState } from 'react';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Notice } from '../../../_components/notice.tsx';

export function RestartSite({ name }: { name: string }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const restart = async () => {
    setBusy(true);
    const answer = await callApi('POST', `/api/sites/${name}/restart`);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
  };

  return (
    <section className="flex flex-col gap-3 text-sm text-muted">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="min-w-0 flex-1 basis-64">
          Stuck? A restart ends every process and starts the live release again. Files stay, except those in /tmp, /run
          and /dev/shm.
        </p>
        <button
          type="button"
          className={`${BUTTON.quiet} text-ink`}
          disabled={isBusy}
          onClick={restart}
          data-testid="restart"
        >
          {isBusy ? 'Restarting…' : 'Restart this site'}
        </button>
      </div>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="restart-problem" />
      ) : null}
    </section>
  );
}
