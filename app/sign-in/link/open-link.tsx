// Uses a mailed link up.

'use client';

import { type FormEvent, useState } from 'react';
import { BUTTON } from '../../_components/buttons.ts';
import { callApi, type Problem } from '../../_components/call-api.ts';
import { Link } from '../../_components/link.tsx';
import { Notice } from '../../_components/notice.tsx';

export function OpenLink({ token }: { token: string }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const open = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const answer = await callApi<{ next: string }>('POST', '/api/account/link/open', { token });
    if (answer.ok) return location.assign(answer.data.next);
    setBusy(false);
    setProblem(answer.problem);
  };

  return (
    <form
      action="/api/account/link/open"
      method="post"
      onSubmit={open}
      className="flex w-full max-w-md flex-col items-start gap-4"
    >
      <input type="hidden" name="token" value={token} />
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="link-problem" />
      ) : null}
      <div className="flex flex-wrap items-center gap-3">
        {problem ? (
          <Link href="/sign-in" className={`${BUTTON.primary} px-6 py-3`}>
            Ask for another link
          </Link>
        ) : null}
        <button type="submit" disabled={isBusy} className={`${problem ? BUTTON.quiet : BUTTON.primary} px-6 py-3`}>
          {isBusy ? 'Opening…' : problem ? 'Try again' : 'Continue'}
        </button>
      </div>
    </form>
  );
}
