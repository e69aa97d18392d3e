// A question in front of the page. The browser keeps the focus inside and gives it back.

'use client';

import { type ReactNode, useEffect, useRef } from 'react';

interface DialogProps {
  title: string;
  /** Unique on the page. */
  id: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, id, isOpen, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (isOpen && !element?.open) element?.showModal();
    if (!isOpen && element?.open) element.close();
  }, [isOpen]);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onClose={onClose}
      className="m-auto w-[min(32rem,calc(100vw-2rem))] rounded-card border border-line-strong bg-surface p-6 text-ink backdrop:bg-night/60"
    >
      <h2 id={id} className="mb-4 text-lg font-bold [overflow-wrap:anywhere]">
        {title}
      </h2>
      {isOpen ? children : null}
    </dialog>
  );
}
