// One site as a line of the table, or as a card on a narrow screen.

import { ArrowDownRight, ArrowUpRight } from 'lucide-react';
import { memo } from 'react';
import type { AdminRow } from '#lib/admin/row.ts';
import { timeToFull, timeToFullWords } from '#lib/admin/time-to-full.ts';
import { formatBytes } from '#lib/bytes.ts';
import { cores, count, millis } from '../../../_components/amounts.ts';
import { Link } from '../../../_components/link.tsx';
import { RelativeTime } from '../../../_components/time-text.tsx';
import { perHour } from '../amounts.ts';
import { UsageBar } from '../bar.tsx';
import { RowStateWord } from '../row-state.tsx';
import { verdictColour, verdictWords } from '../verdict-words.ts';

interface RowProps {
  row: AdminRow;
  index: number;
  isPicked: boolean;
  /** Takes the height of what may be of any; null: it need not be known. */
  measure: ((element: HTMLElement | null) => void) | null;
  onPick: (name: string, isPicked: boolean) => void;
}

const DAY_MS = 24 * 3_600_000;

export const Row = memo(function Row({ row, index, isPicked, measure, onPick }: RowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of CSS, so that the line can become a card
    // biome-ignore lint/a11y/useFocusableInteractive: its checkbox and its link are
    <div
      role="row"
      ref={measure}
      aria-rowindex={index + 2}
      aria-selected={isPicked}
      data-index={index}
      data-testid={`site-${row.name}`}
      className="sites-row border-b border-line text-sm max-md:py-3 md:h-[57px] md:overflow-hidden hover:bg-sunken/60 aria-selected:bg-beam/10"
    >
      <Cell id="pick">
        <input
          type="checkbox"
          checked={isPicked}
          onChange={(event) => onPick(row.name, event.target.checked)}
          aria-label={`Select ${row.name}`}
          className="size-4.5 accent-(--meter)"
        />
      </Cell>
      <Cell id="name">
        <Link
          href={`/admin/sites/${row.name}`}
          title={row.name}
          className="block font-semibold underline-offset-4 [overflow-wrap:anywhere] hover:underline md:truncate"
        >
          {row.name}
        </Link>
        <Owner row={row} />
      </Cell>
      <Cell id="state">
        <RowStateWord state={row.state} />
        <span className="block truncate text-xs text-muted">{row.plan}</span>
      </Cell>
      <Cell id="disk">
        <UsageBar used={row.disk} max={row.diskMax} format={formatBytes} testId="row-disk" />
      </Cell>
      <Cell id="memory">
        <UsageBar used={row.memory} max={row.memoryMax} format={formatBytes} testId="row-memory" />
      </Cell>
      <Cell id="cpu" rank={3}>
        <UsageBar used={row.cpu} max={row.cpuMax} format={cores} calm />
      </Cell>
      <Cell id="pids" rank={3}>
        <UsageBar used={row.pids} max={row.pidsMax} format={count} testId="row-pids" />
      </Cell>
      <Cell id="growth" rank={2}>
        <Growth row={row} />
      </Cell>
      <Cell id="requests" rank={2}>
        <span className="block text-xs tabular-nums">
          {row.requestsPerMinute > 0 ? `${count(row.requestsPerMinute)}/min` : '–'}
        </span>
        {row.p95Millis === null ? null : (
          <span className="block text-xs text-muted tabular-nums">p95 {millis(row.p95Millis)}</span>
        )}
      </Cell>
      <Cell id="verdicts">
        <Said row={row} />
      </Cell>
      <Cell id="expires" rank={3}>
        <span className="text-xs text-muted">
          {row.expiresAt === null ? 'never' : <RelativeTime at={new Date(row.expiresAt).toISOString()} />}
        </span>
      </Cell>
    </div>
  );
});

function Cell({ id, rank = 1, children }: { id: string; rank?: 1 | 2 | 3; children: React.ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as the row
    <div role="cell" data-cell={id} data-rank={rank} className="min-w-0">
      {children}
    </div>
  );
}

function Owner({ row }: { row: AdminRow }) {
  if (row.owner === null) return <span className="block truncate text-xs text-muted">nobody yet</span>;
  return (
    <span className="block text-xs text-muted [overflow-wrap:anywhere] md:truncate">
      {row.role === 'member' && row.owner.includes('@') ? '' : `${row.role} `}
      <span className={row.owner.includes('@') ? '' : 'font-mono'}>{row.owner}</span>
    </span>
  );
}

function Growth({ row }: { row: AdminRow }) {
  const ms = timeToFull({ used: row.disk, max: row.diskMax, growth: row.growth });
  const isGrowing = Math.abs(row.growth) >= 1024 * 1024;
  const Arrow = row.growth < 0 ? ArrowDownRight : ArrowUpRight;
  return (
    <>
      <span className="flex items-center gap-1 text-xs whitespace-nowrap tabular-nums">
        {isGrowing ? (
          <>
            <Arrow className="size-3.5 shrink-0 text-muted" aria-hidden="true" />
            {perHour(row.growth)}
          </>
        ) : (
          <span className="text-muted">steady</span>
        )}
      </span>
      {ms === null ? null : (
        <span className={`block text-xs whitespace-nowrap ${ms < DAY_MS ? 'font-semibold text-warn' : 'text-muted'}`}>
          {timeToFullWords(ms)}
        </span>
      )}
    </>
  );
}

/** The worst verdict with its sentence, and how many more there are; else why the site is held or failed. */
function Said({ row }: { row: AdminRow }) {
  const [worst, ...more] = row.verdicts;
  if (!worst) {
    return row.note && (row.state === 'held' || row.state === 'failed') ? (
      <span className="line-clamp-2 text-xs text-muted" title={row.note}>
        {row.note}
      </span>
    ) : null;
  }
  return (
    <span className="flex min-w-0 flex-col items-start gap-0.5" title={row.verdicts.map(({ text }) => text).join('\n')}>
      <span className="flex max-w-full items-center gap-1.5">
        <span className={`truncate rounded-full px-2 py-px text-xs font-semibold ${verdictColour(worst)}`}>
          {verdictWords(worst)}
        </span>
        {more.length > 0 ? <span className="shrink-0 text-xs text-muted">+{more.length}</span> : null}
      </span>
      <span className="block max-w-full truncate text-xs text-muted">{worst.text}</span>
    </span>
  );
}
