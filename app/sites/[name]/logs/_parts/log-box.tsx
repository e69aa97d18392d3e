// The lines themselves, by night. Follows the end until somebody scrolls up.

'use client';

import { ArrowDown } from 'lucide-react';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { parseAnsi, stripAnsi } from '../../../../_components/ansi.ts';
import { type Block, type Entry, type Filter, passes, splitAtMatches } from './log-blocks.ts';
import type { LiveLogs } from './use-logs.ts';

const NEAR_END_PX = 40;

export function LogBox({ logs, filter }: { logs: LiveLogs; filter: Filter }) {
  const box = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const { blocks } = logs.held;
  const isEmpty = blocks.length === 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: must run after each change of what is shown
  useEffect(() => {
    if (isAtEnd) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [logs.held, filter, isAtEnd]);

  return (
    <div className="relative">
      <div
        ref={box}
        role="log"
        aria-label="Log"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        data-testid="log"
        onScroll={({ currentTarget: at }) => setAtEnd(at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END_PX)}
        className="log h-[calc(100dvh-19rem)] min-h-80 overflow-y-auto overscroll-contain rounded-box border border-line bg-night px-4 py-3 font-mono text-xs leading-relaxed text-night-ink [scrollbar-color:var(--color-night-line)_transparent]"
      >
        {isEmpty && logs.state === 'running' ? <NothingYet /> : null}
        {blocks.map((block) => (
          <LogBlock key={block.id} block={block} filter={filter} />
        ))}
        {isEmpty ? null : <NoMatch blocks={blocks} filter={filter} />}
      </div>
      {isAtEnd || isEmpty ? null : (
        <button
          type="button"
          onClick={() => setAtEnd(true)}
          className="absolute bottom-4 left-1/2 inline-flex -translate-x-1/2 items-center gap-2 rounded-full bg-beam px-4 py-2 text-sm font-semibold text-beam-ink"
        >
          <ArrowDown className="size-4" aria-hidden="true" />
          To the newest
        </button>
      )}
    </div>
  );
}

/** Drawn anew only when it or the filter changes; out of sight the browser skips it. */
const LogBlock = memo(function LogBlock({ block, filter }: { block: Block; filter: Filter }) {
  const entries = block.entries.filter((entry) => passes(entry, filter, stripAnsi));
  if (entries.length === 0) return null;
  return (
    <div className="[contain-intrinsic-size:auto_2100px] [content-visibility:auto]">
      {entries.map((entry) => (
        <Line key={entry.id} entry={entry} query={filter.query} />
      ))}
    </div>
  );
});

const Line = memo(function Line({ entry, query }: { entry: Entry; query: string }) {
  if (entry.kind === 'left-out') {
    return (
      <p className="text-night-muted" data-testid="log-left-out">
        … {entry.count.toLocaleString('en-US')} {entry.count === 1 ? 'line' : 'lines'} left out
      </p>
    );
  }
  const { at, release, text } = entry.line;
  return (
    <p className="flex min-h-[1lh] gap-3" data-testid="log-line">
      <time dateTime={at} title={`${at}, release ${release}`} className="shrink-0 text-night-muted select-none">
        {clock(at)}
      </time>
      <span className="min-w-0 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {parseAnsi(text)
          .flat()
          .map((span, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
            <span key={place} className={span.className || undefined}>
              {splitAtMatches(span.text, query).map((piece, index) =>
                // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
                index % 2 === 1 ? <Match key={index} text={piece} /> : piece,
              )}
            </span>
          ))}
      </span>
    </p>
  );
});

function Match({ text }: { text: string }) {
  return <mark className="rounded-sm bg-beam text-beam-ink">{text}</mark>;
}

function NoMatch({ blocks, filter }: { blocks: Block[]; filter: Filter }) {
  const hasMatch = useMemo(
    () => blocks.some(({ entries }) => entries.some((entry) => passes(entry, filter, stripAnsi))),
    [blocks, filter],
  );
  return hasMatch ? null : <p className="text-night-muted">No line has it.</p>;
}

function NothingYet() {
  return (
    <div data-testid="logs-empty">
      <p>Nothing was written yet.</p>
      <p className="mt-2 text-night-muted">What the app prints is here as it prints it:</p>
      <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 text-night-muted">
        <dt>Python</dt>
        <dd className="[overflow-wrap:anywhere]">print("a visitor came", flush=True)</dd>
        <dt>Node</dt>
        <dd className="[overflow-wrap:anywhere]">console.log("a visitor came")</dd>
      </dl>
    </div>
  );
}

/** The reader's own clock, to the second. */
function clock(at: string): string {
  const time = new Date(at);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
