// Agrees to alerts with the token of the mail.

'use client';

import { useState } from 'react';
import { BUTTON } from '../../_components/buttons.ts';
import { type Answer, callApi } from '../../_components/call-api.ts';
import { Notice } from '../../_components/notice.tsx';

export function ConfirmButton({ token }: { token: string }) {
  const [answer, setAnswer] = useState<Answer<{ target: string }> | null>(null);
  const [isBusy, setBusy] = useState(false);

  const agree = async () => {
    setBusy(true);
    setAnswer(await callApi<{ target: string }>('POST', '/api/alerts/confirm', { token }));
    setBusy(false);
  };

  if (answer?.ok) {
    return <Notice tone="info" message={`Alerts are sent to ${answer.data.target}.`} urgent testId="confirmed" />;
  }
  return (
    <>
      {answer ? (
        <Notice
          tone="bad"
          message={answer.problem.message}
          hint={answer.problem.hint}
          urgent
          testId="confirm-problem"
        />
      ) : null}
      <button type="button" disabled={isBusy} onClick={agree} className={`${BUTTON.primary} px-6 py-3`}>
        {isBusy ? 'Agreeing…' : 'Send me alerts'}
      </button>
    </>
  );
}
