// The end of a site, asked for with its name.

'use client';

import { type FormEvent, useRef, useState } from 'react';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Notice } from '../../../_components/notice.tsx';

interface DeleteSiteProps {
  name: string;
  /** How long it can be undone; 0: not at all. */
  undoHours: number;
}

export function DeleteSite({ name, undoHours }: DeleteSiteProps) {
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
    <section aria-labelledby="delete" className="flex flex-wrap items-center justify-between gap-4 text-sm text-muted">
      <p id="delete" className="min-w-0 flex-1 basis-64">
        Done with it? Deleting takes its disk, its code and its address
        {undoHours > 0 ? `; for ${hoursWords(undoHours)} you can have them back.` : '.'}
      </p>
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
            {undoHours > 0
              ? `It stops at once, for everybody. For ${hoursWords(undoHours)} you can bring it back on the launch page; then its disk, its repository and its address are gone.`
              : 'Its disk, its repository and its address go at once. There is no way back.'}
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
              {isBusy ? 'Deleting…' : undoHours > 0 ? 'Delete' : 'Delete for ever'}
            </button>
          </div>
        </form>
      </dialog>
    </section>
  );
}

function hoursWords(hours: number): string {
  if (hours < 48) return `${hours} ${hours === 1 ? 'hour' : 'hours'}`;
  return `${Math.floor(hours / 24)} days`;
}
