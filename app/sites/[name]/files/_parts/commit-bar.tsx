// The words of the commit and the button that makes it.

'use client';

import { ArrowUpFromLine, LoaderCircle } from 'lucide-react';
import type { FormEvent } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';

interface CommitBarProps {
  message: string;
  onMessage: (message: string) => void;
  isBusy: boolean;
  isReady: boolean;
  onCommit: () => Promise<void>;
}

export function CommitBar({ message, onMessage, isBusy, isReady, onCommit }: CommitBarProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onCommit();
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-3 px-5 py-4 sm:px-6">
      <input
        value={message}
        onChange={({ target }) => onMessage(target.value)}
        aria-label="What the commit says"
        placeholder="What the commit says"
        maxLength={200}
        autoComplete="off"
        className="min-w-0 flex-1 basis-56 rounded-box border border-line-strong bg-surface px-4 py-2.5 text-sm"
      />
      <button
        type="submit"
        disabled={isBusy || !isReady}
        className={`${BUTTON.primary} px-5 py-2.5 max-sm:w-full`}
        data-testid="commit"
      >
        {isBusy ? (
          <LoaderCircle className="size-4.5 motion-safe:animate-spin" aria-hidden="true" />
        ) : (
          <ArrowUpFromLine className="size-4.5" aria-hidden="true" />
        )}
        {isBusy ? 'Deploying…' : 'Commit and deploy'}
      </button>
      <p className="basis-full text-xs text-muted">
        <kbd className="font-mono">Ctrl S</kbd> or <kbd className="font-mono">⌘ S</kbd> commits.{' '}
        <kbd className="font-mono">Esc</kbd>, then <kbd className="font-mono">Tab</kbd> leaves the text.
      </p>
    </form>
  );
}
