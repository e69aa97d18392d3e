// What can be done with the sites that are selected. Stays at the window's end while any is.

import { X } from 'lucide-react';
import { count } from '../../../_components/amounts.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { BULK_ACTIONS, BULK_WORDS, type BulkAction } from './bulk-actions.ts';

interface SelectionBarProps {
  size: number;
  onAct: (action: BulkAction) => void;
  onClear: () => void;
}

export function SelectionBar({ size, onAct, onClear }: SelectionBarProps) {
  return (
    <section
      aria-label="Selected sites"
      className="sticky bottom-4 z-20 mx-auto mt-4 flex w-fit max-w-full flex-wrap items-center justify-center gap-2 rounded-card border border-line-strong bg-surface px-4 py-3 shadow-lg"
    >
      <p className="mr-2 text-sm font-bold tabular-nums" role="status">
        {count(size)} selected
      </p>
      {BULK_ACTIONS.map((action) => (
        <button
          key={action}
          type="button"
          className={BULK_WORDS[action].isDanger ? BUTTON.danger : BUTTON.quiet}
          onClick={() => onAct(action)}
        >
          {BULK_WORDS[action].button}
        </button>
      ))}
      <button
        type="button"
        onClick={onClear}
        aria-label="Select none"
        className="inline-flex size-9 items-center justify-center rounded-full text-muted hover:bg-line/60 hover:text-ink"
      >
        <X className="size-4.5" aria-hidden="true" />
      </button>
    </section>
  );
}
