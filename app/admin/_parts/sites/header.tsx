// The table's head: each title sorts.

import { ArrowDown, ArrowUp } from 'lucide-react';
import { COLUMNS } from './columns.ts';
import type { RowsQueryControl } from './use-rows-query.ts';

interface HeaderProps {
  control: RowsQueryControl;
  pickedCount: number;
  rowCount: number;
  onPickAll: (isPicked: boolean) => void;
}

export function Header({ control: { query, sortBy }, pickedCount, rowCount, onPickAll }: HeaderProps) {
  const isAll = rowCount > 0 && pickedCount >= rowCount;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of CSS, as the rows
    <div
      role="rowgroup"
      className="sticky top-0 z-10 rounded-t-card border-b border-line-strong bg-surface max-md:static"
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons are */}
      <div role="row" aria-rowindex={1} className="sites-row sites-head py-2.5 text-xs font-semibold text-muted">
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: as above */}
        <div role="columnheader" data-cell="pick" className="flex items-center whitespace-nowrap">
          <input
            type="checkbox"
            checked={isAll}
            ref={(box) => {
              if (box) box.indeterminate = pickedCount > 0 && !isAll;
            }}
            onChange={(event) => onPickAll(event.target.checked)}
            aria-label="Select all that are shown"
            className="size-4.5 shrink-0 accent-(--meter)"
          />
          <span className="ml-3 md:hidden" aria-hidden="true">
            Select all
          </span>
        </div>
        {COLUMNS.map(({ id, title, sort, rank }) => {
          const isSorted = query.sort === sort;
          const Arrow = query.descending ? ArrowDown : ArrowUp;
          return (
            // biome-ignore lint/a11y/useSemanticElements: as above
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <div
              key={id}
              role="columnheader"
              data-cell={id}
              data-rank={rank}
              aria-sort={isSorted ? (query.descending ? 'descending' : 'ascending') : 'none'}
              className="min-w-0"
            >
              <button
                type="button"
                onClick={() => sortBy(sort)}
                className="inline-flex items-center gap-1 rounded-md py-0.5 hover:text-ink aria-[current]:text-ink"
                aria-current={isSorted ? true : undefined}
              >
                {title}
                <Arrow className={`size-3.5 ${isSorted ? '' : 'invisible'}`} aria-hidden="true" />
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
