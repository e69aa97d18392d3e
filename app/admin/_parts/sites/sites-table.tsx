// The table of all sites. Of many, only the lines near the window are in the page; the page itself scrolls.

'use client';

import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { AdminRow } from '#lib/admin/row.ts';
import { COLUMNS } from './columns.ts';
import { Header } from './header.tsx';
import { Row } from './row.tsx';
import type { RowsQueryControl } from './use-rows-query.ts';

/** Of a line, which is always as high; a card's is measured. */
const ROW_HEIGHT = 57;
const CARD_HEIGHT = 130;
/** Lines beyond the window’s ends. */
const OVERSCAN = 8;
/** Lines before the window is known, as on the server. */
const FIRST_ROWS = 40;
/** So many lines are all in the page: a browser can search and print them. */
const WHOLE_ROWS_MAX = 150;

interface SitesTableProps {
  rows: AdminRow[];
  control: RowsQueryControl;
  picked: ReadonlySet<string>;
  onPick: (name: string, isPicked: boolean) => void;
  onPickAll: (isPicked: boolean) => void;
}

export function SitesTable({ rows, control, picked, onPick, onPickAll }: SitesTableProps) {
  const body = useRef<HTMLDivElement>(null);
  const { items, before, after, scrollTo, measure } = useWindowOf(rows, body);
  const onKeyDown = useArrowKeys(body, rows.length, scrollTo);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a grid of CSS, so that lines can become cards
    <div
      role="table"
      aria-label="All sites"
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length + 1}
      className="rounded-card border border-line bg-surface"
    >
      <Header control={control} pickedCount={picked.size} rowCount={rows.length} onPickAll={onPickAll} />
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div role="rowgroup" ref={body} onKeyDown={onKeyDown}>
        <Space height={before} />
        {items.map((index) => {
          const row = rows[index];
          return row ? (
            <Row
              key={row.id}
              row={row}
              index={index}
              measure={measure}
              isPicked={picked.has(row.name)}
              onPick={onPick}
            />
          ) : null;
        })}
        <Space height={after} />
      </div>
    </div>
  );
}

/** Holds the place of lines that are not in the page. Set by script: the policy refuses styles in the server's page. */
function Space({ height }: { height: number }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current) place.current.style.height = `${height}px`;
  }, [height]);
  return <div ref={place} aria-hidden="true" />;
}

function useWindowOf(rows: AdminRow[], body: React.RefObject<HTMLDivElement | null>) {
  const [place, setPlace] = useState<{ top: number; isNarrow: boolean } | null>(null);
  useLayoutEffect(() => {
    const look = () => {
      const top = (body.current?.getBoundingClientRect().top ?? 0) + window.scrollY;
      const isNarrow = window.matchMedia('(max-width: 47.99rem)').matches;
      setPlace((was) => (was && was.isNarrow === isNarrow && Math.abs(was.top - top) < 1 ? was : { top, isNarrow }));
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(document.body);
    return () => sizes.disconnect();
  }, [body]);

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (place?.isNarrow ? CARD_HEIGHT : ROW_HEIGHT),
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: OVERSCAN,
    scrollMargin: place?.top ?? 0,
    scrollPaddingStart: 60,
  });
  const { scrollToIndex, measureElement } = virtualizer;
  const scrollTo = useCallback((index: number) => scrollToIndex(index), [scrollToIndex]);
  const measure = place?.isNarrow ? measureElement : null;
  const items = virtualizer.getVirtualItems();
  const [first, last] = [items[0], items.at(-1)];
  if (rows.length <= WHOLE_ROWS_MAX || !place || !first || !last) {
    const size = place ? Math.min(rows.length, WHOLE_ROWS_MAX) : Math.min(rows.length, FIRST_ROWS);
    return { items: [...Array(size).keys()], before: 0, after: 0, scrollTo, measure };
  }
  return {
    items: items.map(({ index }) => index),
    before: first.start - place.top,
    after: virtualizer.getTotalSize() - (last.end - place.top),
    scrollTo,
    measure,
  };
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 };

/** Up and down go to the same control of another line, also to one that is not in the page yet. */
function useArrowKeys(body: React.RefObject<HTMLDivElement | null>, count: number, scrollTo: (index: number) => void) {
  return (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    const target = from && targetOf(event.key, Number(from.dataset.index), count);
    if (target === null || target === undefined) return;
    event.preventDefault();
    const control = (event.target as HTMLElement).matches('input') ? 'input' : 'a';
    scrollTo(target);
    const focus = (tries: number) => {
      const line = body.current?.querySelector<HTMLElement>(`[data-index="${target}"] ${control}`);
      if (line) line.focus();
      else if (tries > 0) requestAnimationFrame(() => focus(tries - 1));
    };
    requestAnimationFrame(() => focus(20));
  };
}

function targetOf(key: string, from: number, count: number): number | null {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = STEPS[key];
  return step === undefined ? null : Math.min(Math.max(from + step, 0), count - 1);
}
