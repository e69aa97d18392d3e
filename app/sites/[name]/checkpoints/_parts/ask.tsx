// A question over the page, as long as it is open: a form with its answer, its problem and the way out.

'use client';

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';
import type { Answer, Problem } from '../../../../_components/call-api.ts';
import { Notice } from '../../../../_components/notice.tsx';

interface AskProps {
  title: string;
  children: ReactNode;
  /** What the button says, and while it works. */
  act: string;
  acting: string;
  leave: string;
  tone?: 'primary' | 'danger';
  disabled?: boolean;
  onAct: (form: FormData) => Promise<Answer<unknown>>;
  onClose: () => void;
}

export function Ask({ title, children, act, acting, leave, tone = 'primary', disabled, onAct, onClose }: AskProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isBusy || disabled) return;
    setBusy(true);
    const answer = await onAct(new FormData(event.currentTarget));
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) dialog.current?.close();
  };

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className="m-auto w-[min(32rem,calc(100vw-2rem))] rounded-card border border-line-strong bg-surface p-6 text-ink backdrop:bg-night/60"
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <h2 id={id} className="text-lg font-bold [overflow-wrap:anywhere]">
          {title}
        </h2>
        {children}
        {problem ? (
          <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="ask-problem" />
        ) : null}
        <div className="flex flex-wrap justify-end gap-3">
          <button type="button" className={BUTTON.quiet} onClick={() => dialog.current?.close()}>
            {leave}
          </button>
          <button type="submit" disabled={isBusy || disabled} className={BUTTON[tone]} data-testid="ask-act">
            {isBusy ? acting : act}
          </button>
        </div>
      </form>
    </dialog>
  );
}
