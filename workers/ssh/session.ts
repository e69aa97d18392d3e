// One session channel's requests, up to the one that starts something (RFC 4254, section 6). Collects terminal and
// environment; refuses agent and X11 forwarding by not listening for them, which ssh2 answers with a failure.

import type { PseudoTtyInfo, ServerChannel, Session } from 'ssh2';
import type { TerminalSize } from '#lib/terminal/protocol.ts';
import { addVariable, isClientVariable, isPlainValue } from './environment.ts';
import { clampSize } from './terminal.ts';

export type SessionRequest =
  | { kind: 'shell' }
  | { kind: 'exec'; command: string }
  | { kind: 'subsystem'; name: string };

export interface StartedSession {
  request: SessionRequest;
  channel: ServerChannel;
  /** Aborts when the client closes the channel, read or not. */
  closed: AbortSignal;
  /** The client's variables that were let through. */
  variables: ReadonlyMap<string, string>;
  /** Asked for by git clients; for the gateway's own parser. */
  gitProtocol: string | undefined;
  /** Null: no terminal was asked for. */
  terminal: TerminalSize | null;
  /** Sizes that come later; the newest that came before the listener did is given at once. */
  onResize(listener: (size: TerminalSize) => void): void;
  /** The client asks to end what runs: HUP, INT, QUIT, TERM or KILL. */
  onEndSignal(listener: () => void): void;
}

const TERM_CHARACTERS_MAX = 64;
const END_SIGNALS = new Set(['HUP', 'INT', 'QUIT', 'TERM', 'KILL']);

/** Calls `start` at most once, with the channel open. */
export function collectSession(session: Session, start: (started: StartedSession) => void): void {
  const variables = new Map<string, string>();
  const resizeListeners: ((size: TerminalSize) => void)[] = [];
  const signalListeners: (() => void)[] = [];
  let gitProtocol: string | undefined;
  let terminal: TerminalSize | null = null;
  let missedSize: TerminalSize | null = null;
  let isStarted = false;
  const closed = new AbortController();

  session.on('close', () => closed.abort());
  session.on('env', (accept, reject, { key, val }) => {
    const isGit = key === 'GIT_PROTOCOL' && isPlainValue(val);
    if (isGit) gitProtocol = val;
    answer(isGit || (isClientVariable(key, val) && addVariable(variables, key, val)), accept, reject);
  });
  session.on('pty', (accept, reject, info) => {
    const isFirst = terminal === null && !isStarted;
    if (isFirst) {
      terminal = clampSize(info.cols, info.rows);
      variables.set('TERM', termOf(info));
    }
    answer(isFirst, accept, reject);
  });
  session.on('window-change', (accept, _reject, { cols, rows }) => {
    const size = clampSize(cols, rows);
    if (terminal && !isStarted) terminal = size;
    else if (resizeListeners.length === 0) missedSize = size;
    for (const listener of resizeListeners) listener(size);
    accept?.();
  });
  session.on('signal', (accept, reject, { name }) => {
    const isKnown = END_SIGNALS.has(name.replace(/^SIG/, ''));
    if (isKnown) for (const listener of signalListeners) listener();
    answer(isKnown, accept, reject);
  });

  const begin = (accept: () => ServerChannel | undefined, request: SessionRequest) => {
    if (isStarted) return;
    isStarted = true;
    const channel = accept();
    if (!channel) return;
    start({
      request,
      channel,
      closed: closed.signal,
      variables,
      gitProtocol,
      terminal,
      onResize: (listener) => {
        resizeListeners.push(listener);
        if (missedSize) listener(missedSize);
      },
      onEndSignal: (listener) => void signalListeners.push(listener),
    });
  };
  session.on('shell', (accept) => begin(accept, { kind: 'shell' }));
  session.on('exec', (accept, _reject, { command }) => begin(accept, { kind: 'exec', command }));
  // Without a listener for 'sftp', ssh2 reports that subsystem here too, as a plain channel.
  session.on('subsystem', (accept, _reject, { name }) => begin(accept, { kind: 'subsystem', name }));
}

/** ssh2 gives no functions when the client wants no reply. */
function answer(isAccepted: boolean, accept: (() => void) | undefined, reject: (() => void) | undefined): void {
  if (isAccepted) accept?.();
  else reject?.();
}

/** @types/ssh2 leaves out the field that the library fills. */
function termOf(info: PseudoTtyInfo & { term?: unknown }): string {
  const isPlain = typeof info.term === 'string' && /^[\w.+-]+$/.test(info.term);
  return isPlain ? String(info.term).slice(0, TERM_CHARACTERS_MAX) : 'xterm';
}
