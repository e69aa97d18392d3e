// The page's side of a terminal: a WebSocket that comes back by itself, to the same shell.

import { CLOSED, type TerminalSize, type Told } from '#lib/terminal/protocol.ts';
import { callApi } from '../../../../_components/call-api.ts';

interface Ears {
  hear: (bytes: Uint8Array) => void;
  told: (told: Told) => void;
  lost: () => void;
}

const AGAIN_MS = [300, 1_000, 2_000, 5_000];
const isFinal = (code: number) => code === CLOSED.ended || code === CLOSED.refused;

export function connectTerminal(name: string, id: string, size: () => TerminalSize, ears: Ears) {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let isOver = false;

  const open = () => {
    const { columns, rows } = size();
    const place = `/api/sites/${name}/terminal?id=${id}&columns=${columns}&rows=${rows}`;
    const next = new WebSocket(new URL(place, location.href.replace(/^http/, 'ws')));
    socket = next;
    next.binaryType = 'arraybuffer';
    next.addEventListener('message', ({ data }) => {
      if (typeof data !== 'string') return ears.hear(new Uint8Array(data as ArrayBuffer));
      const told = JSON.parse(data) as Told;
      if (told.kind === 'opened') tries = 0;
      ears.told(told);
    });
    next.addEventListener('close', ({ code }) => {
      if (isOver || isFinal(code)) return;
      ears.lost();
      void tellIfGone();
      timer = setTimeout(open, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
      tries += 1;
    });
  };
  /** A handshake that is refused tells a page nothing (WebSockets standard): whether it may be here, the API says. */
  const tellIfGone = async () => {
    const answer = await callApi('GET', `/api/sites/${name}`);
    if (answer.ok || answer.status !== 404 || isOver) return;
    isOver = true;
    clearTimeout(timer);
    ears.told({ kind: 'refused', ...answer.problem });
  };
  const send = (data: string | Uint8Array<ArrayBuffer>) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(data);
  };
  open();
  return {
    type: (text: string) => send(new TextEncoder().encode(text)),
    resize: (to: TerminalSize) => send(JSON.stringify(to)),
    close() {
      isOver = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
}
