// How a site is, as a dot and a word.

import type { RowState } from '#lib/admin/row.ts';
import { STATE_NAMES } from './amounts.ts';

const COLOURS: Record<RowState, string> = {
  live: 'bg-good',
  asleep: 'border-2 border-muted',
  held: 'bg-bad',
  launching: 'bg-beam motion-safe:animate-pulse',
  failed: 'bg-bad',
  deleting: 'bg-muted',
  ready: 'border-2 border-good',
};

export function RowStateWord({ state }: { state: RowState }) {
  return (
    <span className="flex items-center gap-2 whitespace-nowrap" data-testid="row-state">
      <span aria-hidden="true" className={`inline-block size-2.5 shrink-0 rounded-full ${COLOURS[state]}`} />
      {STATE_NAMES[state]}
    </span>
  );
}
