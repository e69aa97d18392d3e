// The end of the account, asked for with its address, because nothing of it can be brought back.

'use client';

import { type FormEvent, useRef, useState } from 'react';
import type { AccountView } from '#lib/accounts/account.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { callApi, type Problem } from '../../_components/call-api.ts';
import { Card } from '../../_components/card.tsx';
import { Notice } from '../../_components/notice.tsx';
import { TextField } from '../../_components/text-field.tsx';

export function DeleteSection({ account: { email } }: { account: AccountView }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isSure = typed.trim().toLowerCase() === email;

  const remove = async (event: FormEvent) => {
    event.preventDefault();
    if (!isSure || isBusy) return;
    setBusy(true);
    const answer = await callApi('DELETE', '/api/account', { email: typed });
    if (answer.ok) return location.assign('/');
    setBusy(false);
    setProblem(answer.problem);
  };

  return (
    <Card title="Delete" id="delete">
      <div className="flex flex-wrap items-center justify-between gap-4 text-sm text-muted">
        <p className="min-w-0 flex-1 basis-64">Leaving? Deleting removes the account with all of its sites.</p>
        <button type="button" className={BUTTON.danger} onClick={() => dialog.current?.showModal()}>
          Delete my account…
        </button>
      </div>
      <dialog
        ref={dialog}
        aria-labelledby="delete-title"
        onClose={() => setTyped('')}
        className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-card border border-line-strong bg-surface p-6 text-ink backdrop:bg-night/60"
      >
        <form onSubmit={remove} className="flex flex-col gap-4">
          <h2 id="delete-title" className="text-lg font-bold">
            Delete your account?
          </h2>
          <p className="text-sm text-muted">
            Your sites go with their disks, code and addresses, and every browser is signed out. There is no way back.
          </p>
          <TextField
            label="Type your e-mail address to confirm"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            hint={email}
          />
          {problem ? (
            <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="delete-problem" />
          ) : null}
          <div className="flex justify-end gap-3">
            <button type="button" className={BUTTON.quiet} onClick={() => dialog.current?.close()}>
              Keep it
            </button>
            <button type="submit" disabled={!isSure || isBusy} className={BUTTON.danger}>
              {isBusy ? 'Deleting…' : 'Delete for ever'}
            </button>
          </div>
        </form>
      </dialog>
    </Card>
  );
}
