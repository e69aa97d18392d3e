// A site's log, live: search, pause, one release alone, and the way to take it along.

'use client';

import { useDeferredValue, useMemo, useState } from 'react';
import { stripAnsi } from '../../../../_components/ansi.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { type Entry, type Filter, passes } from './log-blocks.ts';
import { LogBox } from './log-box.tsx';
import { LogTools } from './log-tools.tsx';
import { type LiveLogs, useLogs } from './use-logs.ts';

export function LogsPage({ name }: { name: string }) {
  const logs = useLogs(name);
  const [query, setQuery] = useState('');
  const [release, setRelease] = useState<number | null>(null);
  const sought = useDeferredValue(query.trim());
  const filter = useMemo<Filter>(() => ({ query: sought, release }), [sought, release]);
  const releases = useMemo(() => releasesOf(logs.held.blocks.flatMap(({ entries }) => entries)), [logs.held]);
  const textOf = () =>
    logs.held.blocks
      .flatMap(({ entries }) => entries)
      .filter((entry) => passes(entry, filter, stripAnsi))
      .map(textOfEntry)
      .join('');
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-4 px-5 pb-10 pt-2 sm:px-8">
      <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Logs</h1>
      <LogTools {...{ name, logs, query, release, releases, textOf }} onQuery={setQuery} onRelease={setRelease} />
      <Notices logs={logs} />
      {logs.state === 'stopped' && logs.held.blocks.length === 0 ? null : <LogBox logs={logs} filter={filter} />}
    </main>
  );
}

function Notices({ logs: { state, problem, isConnected } }: { logs: LiveLogs }) {
  return (
    <div aria-live="polite" className="flex flex-col gap-3 empty:hidden">
      {problem ? <Notice tone="warn" message={problem.message} hint={problem.hint} testId="logs-problem" /> : null}
      {isConnected || problem ? null : (
        <Notice tone="warn" message="The connection was lost." hint="Trying again." testId="logs-offline" />
      )}
      {state === 'asleep' ? (
        <Notice
          tone="info"
          message="The site sleeps."
          hint="Its log goes on when its next visitor wakes it; looking at it does not."
          testId="logs-asleep"
        />
      ) : null}
      {state === 'stopped' ? (
        <Notice
          tone="info"
          message="The site does not run, so there is no log to read."
          hint="A log lives as long as the container: it begins anew when the site starts."
          testId="logs-stopped"
        />
      ) : null}
    </div>
  );
}

function releasesOf(entries: Entry[]): number[] {
  const found = new Set(entries.flatMap((entry) => (entry.kind === 'line' ? [entry.line.release] : [])));
  return [...found].sort((a, b) => b - a);
}

function textOfEntry(entry: Entry): string {
  if (entry.kind === 'left-out') return `… ${entry.count} lines left out\n`;
  const { at, release, text } = entry.line;
  return `${at} web.${release} ${stripAnsi(text)}\n`;
}
