// The end of somebody's site, asked for with its name.

'use client';

import { type FormEvent, useRef, useState } from 'react';
import { formatBytes } from '#lib/bytes.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Notice } from '../../../_components/notice.tsx';

interface DeleteDialogProps {
  name: string;
  diskBytes: number;
  onDone: () => Promise<void>;
}

export function DeleteDialog({ name, diskBytes, onDone }: DeleteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isSure = typed.trim().toLowerCase() === name;

  const remove = async (event: FormEvent) => {
    event.preventDefault();
    if (!isSure || isBusy) return;
    setBusy(true);
    const answer = await callApi('DELETE', `/api/admin/sites/${name}`);
    setProblem(answer.ok ? null : answer.problem);
    await onDone();
    setBusy(false);
    if (answer.ok) dialog.current?.close();
  };

  return (
    <>
      <button type="button" className={BUTTON.danger} onClick={() => dialog.current?.showModal()}>
        Delete…
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
            {formatBytes(diskBytes)} on its disk, its repository, its keys, its history and its address go at once.
            There is no way back.
          </p>
          <label className="flex flex-col gap-1.5 text-sm font-medium">
            Type the site’s name to confirm
            <input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              className="rounded-box border border-line-strong bg-surface px-3 py-2.5 font-mono"
            />
          </label>
          {problem ? <Notice tone="bad" message={problem.message} hint={problem.hint} urgent /> : null}
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
    </>
  );
}
