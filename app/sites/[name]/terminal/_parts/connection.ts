// The page's side of a terminal: a WebSocket that comes back by itself, to the same shell.

export type Told =
  | { kind: 'opened'; isOld: boolean }
  | { kind: 'waking' }
  | { kind: 'ended'; exitCode: number | null }
  | { kind: 'refused'; message: string; hint: string };

export interface Size {
  columns: number;
  rows: number;
}

interface Ears {
  hear: (bytes: Uint8Array) => void;
  told: (told: Told) => void;
  lost: () => void;
}

const AGAIN_MS = [300, 1_000, 2_000, 5_000];
/** The shell has ended, or we may not have one: coming back would be of no use. */
const isFinal = (code: number) => code === 4000 || code === 4001;

export function connectTerminal(name: string, id: string, size: () => Size, ears: Ears) {
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
      timer = setTimeout(open, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]);
      tries += 1;
    });
  };
  const send = (data: string | Uint8Array<ArrayBuffer>) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(data);
  };
  open();
  return {
    type: (text: string) => send(new TextEncoder().encode(text)),
    resize: (to: Size) => send(JSON.stringify(to)),
    close() {
      isOver = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
}
