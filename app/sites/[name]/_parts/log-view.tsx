// A deployment's log as it was printed: colours as spans of text, everything else stripped. Follows the end while the
// reader is at the end.

'use client';

import { useEffect, useMemo, useRef } from 'react';
import { parseAnsi, type Span } from '../../../_components/ansi.ts';

const LINES_MAX = 1_500;
const NEAR_END_PX = 40;
/** Lines of ours begin at the margin like this; what a tenant's programs print is indented (lib/deploy/lines.ts). */
const HEADING_START = '-----> ';

interface LogViewProps {
  text: string;
  label: string;
  /** How high it may be. */
  className?: string;
}

export function LogView({ text, label, className = 'max-h-96' }: LogViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const lines = useMemo(() => (text === '' ? [] : parseAnsi(text.replace(/\n$/, ''))), [text]);
  const skipped = Math.max(lines.length - LINES_MAX, 0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: must run after each change of the text
  useEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [text]);

  return (
    <div
      ref={box}
      role="log"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
      tabIndex={0}
      data-testid="deployment-log"
      onScroll={({ currentTarget: at }) => {
        isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END_PX;
      }}
      className={`log overflow-auto rounded-box bg-night px-4 py-3 font-mono text-xs leading-relaxed text-night-ink ${className}`}
    >
      {lines.length === 0 ? <p className="text-night-muted">Nothing was printed yet.</p> : null}
      {skipped > 0 ? <p className="text-night-muted">{skipped} earlier lines are not shown.</p> : null}
      {lines.slice(skipped).map((spans, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its number
        <Line key={skipped + index} spans={spans} />
      ))}
    </div>
  );
}

function Line({ spans }: { spans: Span[] }) {
  const isHeading = spans[0]?.text.startsWith(HEADING_START) ?? false;
  return (
    <div className={`min-h-[1lh] whitespace-pre-wrap break-words ${isHeading ? 'font-semibold text-white' : ''}`}>
      {spans.map((span, place) =>
        span.className ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
          <span key={place} className={span.className}>
            {span.text}
          </span>
        ) : (
          span.text
        ),
      )}
    </div>
  );
}
