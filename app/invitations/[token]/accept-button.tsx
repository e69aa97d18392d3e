// Takes the offer, and goes to the site.

'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { BUTTON } from '../../_components/buttons.ts';
import { callApi, type Problem } from '../../_components/call-api.ts';
import { Notice } from '../../_components/notice.tsx';

export function AcceptButton({ token }: { token: string }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const router = useRouter();

  const accept = async () => {
    setBusy(true);
    const answer = await callApi<{ site: string }>('POST', '/api/invitations', { token });
    if (answer.ok) return router.push(`/sites/${answer.data.site}`);
    setProblem(answer.problem);
    setBusy(false);
  };

  return (
    <>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="accept-problem" />
      ) : null}
      <button type="button" disabled={isBusy} onClick={accept} className={`${BUTTON.primary} px-6 py-3`}>
        {isBusy ? 'Accepting…' : 'Accept'}
      </button>
    </>
  );
}
