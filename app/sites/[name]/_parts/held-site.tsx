// Why a site is stopped, and the one button that starts it again, where its owner may.

'use client';

import { useState } from 'react';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Notice } from '../../../_components/notice.tsx';

export function HeldSite({ name, held }: { name: string; held: NonNullable<SiteView['held']> }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const start = async () => {
    setBusy(true);
    const answer = await callApi('POST', `/api/sites/${name}/start`);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
  };

  return (
    <section className="flex flex-col gap-3" data-testid="held" data-by={held.by}>
      <Notice tone="bad" message={held.message} hint={held.hint} testId="notice-held" />
      {held.byOwner ? (
        <button
          type="button"
          className={`${BUTTON.primary} self-start px-5 py-2.5`}
          disabled={isBusy}
          onClick={start}
          data-testid="start-again"
        >
          {isBusy ? 'Starting…' : 'Start again'}
        </button>
      ) : null}
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="start-problem" />
      ) : null}
    </section>
  );
}
