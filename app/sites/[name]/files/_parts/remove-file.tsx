// Removing a file is a commit too, so that it can be had back; it is asked for once.

'use client';

import { Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';

interface RemoveFileProps {
  path: string;
  isBusy: boolean;
  onRemove: () => Promise<void>;
}

export function RemoveFile({ path, isBusy, onRemove }: RemoveFileProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" disabled={isBusy} className={BUTTON.quiet} onClick={() => dialog.current?.showModal()}>
        <Trash2 className="size-4" aria-hidden="true" />
        Remove
      </button>
      <dialog
        ref={dialog}
        aria-labelledby="remove-title"
        className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-card border border-line-strong bg-surface p-6 text-ink backdrop:bg-night/60"
      >
        <div className="flex flex-col gap-4">
          <h2 id="remove-title" className="text-lg font-bold [overflow-wrap:anywhere]">
            Remove {path}?
          </h2>
          <p className="text-sm text-muted">
            A commit takes it out of main and deploys. Earlier commits keep it, and the site can be rolled back.
          </p>
          <div className="flex justify-end gap-3">
            <button type="button" className={BUTTON.quiet} onClick={() => dialog.current?.close()}>
              Keep it
            </button>
            <button
              type="button"
              className={BUTTON.danger}
              onClick={() => {
                dialog.current?.close();
                void onRemove();
              }}
            >
              Remove and deploy
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}
