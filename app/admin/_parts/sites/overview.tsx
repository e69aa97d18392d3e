// The page an operator looks at all day: the machine, and all sites.

'use client';

import { useCallback, useMemo, useState } from 'react';
import type { AdminRow } from '#lib/admin/row.ts';
import type { RowsQuery } from '#lib/admin/rows-query.ts';
import { Notice } from '../../../_components/notice.tsx';
import { HostPanel } from '../host-panel.tsx';
import { type InitialOverview, useOverview } from '../use-overview.ts';
import type { BulkAction } from './bulk-actions.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { SitesTable } from './sites-table.tsx';
import { Toolbar } from './toolbar.tsx';
import { useCalmOrder } from './use-calm-order.ts';
import { useRowsQuery } from './use-rows-query.ts';

interface OverviewProps {
  initial: InitialOverview;
  initialQuery: RowsQuery;
  plans: string[];
}

export function Overview({ initial, initialQuery, plans }: OverviewProps) {
  const { host, rows, isWhole, isConnected } = useOverview(initial);
  const control = useRowsQuery(initialQuery);
  const [isBusy, setBusy] = useState(false);
  const shown = useCalmOrder(rows, control.query, isBusy);
  const selection = useSelection(shown);
  const [action, setAction] = useState<BulkAction | null>(null);
  const all = isWhole ? rows.length : Object.values(host.counts).reduce((sum, size) => sum + size, 0);
  return (
    <>
      <div aria-live="polite" className="empty:hidden [&>*]:mb-4">
        {isConnected ? null : (
          <Notice
            tone="warn"
            message="The connection was lost."
            hint="What you see may be old; trying again."
            testId="notice-offline"
          />
        )}
      </div>
      <HostPanel host={host} />
      <Toolbar control={control} plans={plans} shown={shown.length} all={all} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only whether somebody is at work here */}
      <div
        data-testid="sites"
        data-whole={isWhole}
        onPointerEnter={() => setBusy(true)}
        onPointerLeave={() => setBusy(false)}
        onFocus={() => setBusy(true)}
        onBlur={() => setBusy(false)}
      >
        {shown.length > 0 ? (
          <SitesTable
            rows={shown}
            control={control}
            picked={selection.names}
            onPick={selection.pick}
            onPickAll={selection.pickAll}
          />
        ) : (
          <Empty hasSites={rows.length > 0} />
        )}
      </div>
      {selection.rows.length > 0 ? (
        <SelectionBar size={selection.rows.length} onAct={setAction} onClear={() => selection.pickAll(false)} />
      ) : null}
      {action ? (
        <BulkDialog
          action={action}
          rows={selection.rows}
          plans={plans}
          onClose={(done) => {
            setAction(null);
            selection.drop(done);
          }}
        />
      ) : null}
    </>
  );
}

/** Names, not lines: a selection outlives sorting, and what the filters hide is not acted upon. */
function useSelection(shown: AdminRow[]) {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => shown.filter(({ name }) => picked.has(name)), [shown, picked]);
  const names = useMemo(() => new Set(rows.map(({ name }) => name)), [rows]);
  const pick = useCallback((name: string, isPicked: boolean) => {
    setPicked((before) => {
      const after = new Set(before);
      if (isPicked) after.add(name);
      else after.delete(name);
      return after;
    });
  }, []);
  return {
    rows,
    names,
    pick,
    pickAll: (isPicked: boolean) => setPicked(new Set(isPicked ? shown.map(({ name }) => name) : [])),
    drop: (done: string[]) => setPicked((before) => new Set([...before].filter((name) => !done.includes(name)))),
  };
}

function Empty({ hasSites }: { hasSites: boolean }) {
  return (
    <div className="rounded-card border border-dashed border-line-strong px-6 py-12 text-center text-sm text-muted">
      {hasSites ? (
        <p>No site is like that. Clear the filters to see all.</p>
      ) : (
        <p className="mx-auto max-w-[52ch]">
          <strong className="block text-base text-ink">There is no site yet.</strong>
          As soon as somebody presses the button on the launch page, the site appears here with what it uses, a few
          seconds old at the most.
        </p>
      )}
    </div>
  );
}
