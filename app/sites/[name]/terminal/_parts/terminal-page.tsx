// A terminal that fills the page. A reload finds the same shell again, for as long as its tab lives.

'use client';

import '@xterm/xterm/css/xterm.css';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Told } from '#lib/terminal/protocol.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { connectTerminal } from './connection.ts';
import { KeyRow } from './key-row.tsx';
import { openScreen, type Screen } from './screen.ts';

type State = { kind: 'opening' } | { kind: 'lost' } | Told;

export function TerminalPage({ name }: { name: string }) {
  const [round, setRound] = useState(0);
  const again = useCallback(() => {
    forgetShell(name);
    setRound((before) => before + 1);
  }, [name]);
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col px-5 pb-8 sm:px-8">
      <h1 className="sr-only">Terminal of {name}</h1>
      <OneTerminal key={round} name={name} onAgain={again} />
    </main>
  );
}

function OneTerminal({ name, onAgain }: { name: string; onAgain: () => void }) {
  const place = useRef<HTMLDivElement>(null);
  const type = useRef<(text: string) => void>(() => {});
  const screen = useRef<Screen>(null);
  const [state, setState] = useState<State>({ kind: 'opening' });

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let stop = () => {};
    let isLeft = false;
    void openScreen(element).then((opened) => {
      if (isLeft) return opened.terminal.dispose();
      screen.current = opened;
      stop = run(opened, element, name, setState, type);
    });
    return () => {
      isLeft = true;
      stop();
    };
  }, [name]);

  return (
    <div
      tabIndex={-1}
      className="flex h-[calc(100dvh-15rem)] min-h-80 flex-col overflow-hidden rounded-card border border-night-line bg-night"
    >
      <StateLine state={state} name={name} onAgain={onAgain} />
      <div
        ref={place}
        data-testid="terminal"
        data-state={state.kind}
        className="min-h-0 flex-1 px-3 py-2 font-mono [&_.xterm]:h-full"
      />
      <KeyRow
        onKey={(text) => {
          type.current(text);
          screen.current?.terminal.focus();
        }}
      />
    </div>
  );
}

/** Joins screen and shell until the answer is called. */
function run(
  { terminal, fill }: Screen,
  element: HTMLElement,
  name: string,
  setState: (state: State) => void,
  type: { current: (text: string) => void },
): () => void {
  const size = () => ({ columns: terminal.cols, rows: terminal.rows });
  let isReplay = false;
  const connection = connectTerminal(name, shellOf(name), size, {
    hear: (bytes) =>
      terminal.write(bytes, () => {
        isReplay = false;
      }),
    told(told) {
      setState(told);
      // The next bytes are all that the shell has kept.
      if (told.kind === 'opened') {
        isReplay = true;
        terminal.reset();
        terminal.focus();
      }
      if (told.kind === 'ended') forgetShell(name);
    },
    lost: () => setState({ kind: 'lost' }),
  });
  type.current = connection.type;
  // What programs asked the terminal before the page was loaded was answered then: nobody waits for a second answer.
  terminal.onData((text) => isReplay || connection.type(text));
  // Tab is the shell's, so there has to be another way out (WCAG 2.1.2).
  terminal.attachCustomKeyEventHandler(({ key, ctrlKey }) => {
    const isWayOut = key === 'F6' && ctrlKey;
    if (isWayOut) element.parentElement?.focus();
    return !isWayOut;
  });
  terminal.onResize(({ cols, rows }) => connection.resize({ columns: cols, rows }));
  const watcher = new ResizeObserver(() => fill());
  watcher.observe(element);
  return () => {
    watcher.disconnect();
    connection.close();
    terminal.dispose();
  };
}

function StateLine({ state, name, onAgain }: { state: State; name: string; onAgain: () => void }) {
  const isOver = state.kind === 'ended' || state.kind === 'refused';
  return (
    <div
      role="status"
      className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-night-line px-4 py-2 text-sm text-night-muted"
    >
      <span data-testid="terminal-state">
        <StateWords state={state} name={name} />
      </span>
      {isOver ? (
        <button type="button" className={BUTTON.primary} onClick={onAgain}>
          {state.kind === 'refused' ? 'Try again' : 'Open a new one'}
        </button>
      ) : null}
    </div>
  );
}

function StateWords({ state, name }: { state: State; name: string }) {
  switch (state.kind) {
    case 'opening':
      return 'Opening a shell …';
    case 'waking':
      return 'Waking the site …';
    case 'lost':
      return 'The connection was lost. Trying again …';
    case 'ended':
      return `The shell has ended${state.exitCode ? ` with exit code ${state.exitCode}` : ''}.`;
    case 'refused':
      return (
        <>
          <span className="font-semibold text-night-ink">{state.message}</span> {state.hint}
        </>
      );
    case 'opened':
      return (
        <span className="font-mono text-xs">
          root@{name}
          <span className="sr-only"> Control F6 leaves the terminal.</span>
        </span>
      );
  }
}

const keyOf = (name: string) => `terminal:${name}`;

/** The shell of this tab: a reload keeps it, another tab has another one. */
function shellOf(name: string): string {
  const known = sessionStorage.getItem(keyOf(name));
  if (known) return known;
  const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  sessionStorage.setItem(keyOf(name), id);
  return id;
}

function forgetShell(name: string): void {
  sessionStorage.removeItem(keyOf(name));
}
