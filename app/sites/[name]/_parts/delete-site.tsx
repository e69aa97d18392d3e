// The end of a site, asked for with its name, because nothing of it can be brought back.

'use client';

import { type FormEvent, useRef, useState } from 'react';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Notice } from '../../../_components/notice.tsx';

export function DeleteSite({ name }: { name: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isSure = typed.trim().toLowerCase() === name;

  const remove = async (event: FormEvent) => {
    event.preventDefault();
    if (!isSure || isBusy) return;
    setBusy(true);
    const answer = await callApi('DELETE', `/api/sites/${name}`);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) dialog.current?.close();
  };

  return (
    <section
      aria-labelledby="delete"
      className="flex flex-wrap items-center justify-between gap-4 px-1 text-sm text-muted"
    >
      <p id="delete">Done with it? Deleting removes the site with its disk, code and address.</p>
      <button type="button" className={BUTTON.danger} onClick={() => dialog.current?.showModal()}>
        Delete this site…
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="delete-title"
        onClose={() => setTyped('')}
        className="m-auto w-[min(30rem,calc(100vw-2rem))] rounded-card border border-line-strong bg-surface p-6 text-ink backdrop:bg-night/60"
      >
        <form onSubmit={remove} className="flex flex-col gap-4">
          <h2 id="delete-title" className="text-lg font-bold">
            Delete {name}?
          </h2>
          <p className="text-sm text-muted">
            Its disk, its repository and its address go at once. There is no way back.
          </p>
          <label className="flex flex-col gap-1.5 text-sm font-medium">
            Type the site’s name to confirm
            <input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              className="rounded-box border border-line-strong bg-paper px-3 py-2.5 font-mono"
            />
          </label>
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
    </section>
  );
}
