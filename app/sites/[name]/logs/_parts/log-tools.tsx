// The row above the log: what to look for, which release, pause, copy and download.

'use client';

import { Download, Pause, Play, Search } from 'lucide-react';
import { useState } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';
import { copyText } from '../../../../_components/copy-button.tsx';
import type { LiveLogs } from './use-logs.ts';

interface LogToolsProps {
  name: string;
  logs: LiveLogs;
  query: string;
  release: number | null;
  releases: number[];
  textOf: () => string;
  onQuery: (query: string) => void;
  onRelease: (release: number | null) => void;
}

export function LogTools({ name, logs, query, release, releases, textOf, onQuery, onRelease }: LogToolsProps) {
  const shown = release === null || releases.includes(release) ? releases : [release, ...releases];
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label className="relative min-w-0 grow basis-64 max-sm:basis-full">
        <span className="sr-only">Search the log</span>
        <Search
          className="pointer-events-none absolute left-3.5 top-1/2 size-4 -translate-y-1/2 text-muted"
          aria-hidden="true"
        />
        <input
          type="search"
          value={query}
          maxLength={200}
          spellCheck={false}
          autoComplete="off"
          placeholder="Search"
          onChange={(event) => onQuery(event.target.value)}
          className="w-full rounded-full border border-line-strong bg-surface py-2 pl-10 pr-4 text-sm placeholder:text-muted"
        />
      </label>
      <label className="max-sm:flex-1">
        <span className="sr-only">Release</span>
        <select
          value={release ?? ''}
          onChange={(event) => onRelease(event.target.value === '' ? null : Number(event.target.value))}
          className="w-full rounded-full border border-line-strong bg-surface px-3 py-2 text-sm font-semibold sm:px-4"
        >
          <option value="">All releases</option>
          {shown.map((number) => (
            <option key={number} value={number}>
              no. {number}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        onClick={logs.isPaused ? logs.resume : logs.pause}
        className={BUTTON.quiet}
        data-testid="logs-pause"
      >
        {logs.isPaused ? (
          <Play className="size-4" aria-hidden="true" />
        ) : (
          <Pause className="size-4" aria-hidden="true" />
        )}
        <span className="max-sm:sr-only">{logs.isPaused ? 'Resume' : 'Pause'}</span>
        {logs.isPaused && logs.waiting > 0 ? (
          <span className="tabular-nums text-muted">{logs.waiting.toLocaleString('en-US')} new</span>
        ) : null}
      </button>
      <CopyAll textOf={textOf} />
      <button type="button" onClick={() => download(`${name}.log`, textOf())} className={BUTTON.quiet}>
        <Download className="size-4" aria-hidden="true" />
        <span className="max-sm:sr-only">Download</span>
      </button>
    </div>
  );
}

function CopyAll({ textOf }: { textOf: () => string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      type="button"
      className={BUTTON.quiet}
      onClick={async () => {
        setCopied(await copyText(textOf()));
        setTimeout(() => setCopied(false), 1_800);
      }}
    >
      <span aria-live="polite">{isCopied ? 'Copied' : 'Copy'}</span>
    </button>
  );
}

function download(file: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
