// The lines of the log as they come. They are gathered and drawn a few times a second, however many there are; while the
// page is hidden there is no stream, and when it is seen again the stream begins with what was missed.

'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { LogLine } from '#lib/logs/line.ts';
import type { LogState } from '#lib/logs/read.ts';
import { type Arrival, countOf, type Held, holdArrivals, NOTHING_HELD, onlyNew, waitMore } from './log-blocks.ts';

const DRAW_MS = 150;
const RETRY_MS = 3_000;

export interface LiveLogs {
  held: Held;
  /** Null: not known yet. */
  state: LogState | null;
  problem: { message: string; hint: string } | null;
  isConnected: boolean;
  isPaused: boolean;
  /** Lines that wait while it is paused. */
  waiting: number;
  pause(): void;
  resume(): void;
  clear(): void;
}

export function useLogs(name: string): LiveLogs {
  const [held, setHeld] = useState(NOTHING_HELD);
  const [status, setStatus] = useState<Pick<LiveLogs, 'state' | 'problem' | 'isConnected'>>({
    ...{ state: null, problem: null, isConnected: true },
  });
  const [isPaused, setPaused] = useState(false);
  const [waiting, setWaiting] = useState(0);
  const pausedNow = useRef(false);
  const arrived = useRef<Arrival[]>([]);

  const draw = useCallback(() => {
    if (pausedNow.current) return setWaiting(countOf(arrived.current));
    const arrivals = arrived.current;
    arrived.current = [];
    if (arrivals.length === 0) return;
    setHeld((before) => arrivals.reduce((held, arrival) => holdArrivals(held, [dropKnown(held, arrival)]), before));
  }, []);

  useEffect(() => {
    const timer = setInterval(draw, DRAW_MS);
    return () => clearInterval(timer);
  }, [draw]);

  useEffect(() => {
    const take = (arrival: Incoming) => {
      arrived.current = waitMore(arrived.current, arrival);
    };
    const change = (part: Partial<typeof status>) => setStatus((before) => ({ ...before, ...part }));
    let stop = () => {};
    const follow = () => {
      stop();
      stop = document.hidden ? () => {} : followLogs(name, take, change);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      document.removeEventListener('visibilitychange', follow);
      stop();
    };
  }, [name]);

  const setPause = (paused: boolean) => {
    pausedNow.current = paused;
    setPaused(paused);
    setWaiting(0);
    draw();
  };
  return {
    ...{ held, ...status, isPaused, waiting },
    pause: () => setPause(true),
    resume: () => setPause(false),
    clear: () => setHeld((before) => ({ ...NOTHING_HELD, nextId: before.nextId })),
  };
}

type Incoming = Arrival & { isPast?: boolean };

function dropKnown(held: Held, arrival: Incoming): Arrival {
  return arrival.isPast && 'lines' in arrival ? { lines: onlyNew(held, arrival.lines) } : arrival;
}

function followLogs(
  name: string,
  take: (arrival: Incoming) => void,
  change: (part: Partial<Pick<LiveLogs, 'state' | 'problem' | 'isConnected'>>) => void,
): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    let isPast = true;
    const stream = new EventSource(`/api/sites/${name}/logs/stream`);
    source = stream;
    const on = <Data>(event: string, apply: (data: Data) => void) =>
      stream.addEventListener(event, ({ data }) => apply(JSON.parse(data) as Data));
    on('begin', () => {
      isPast = true;
      change({ isConnected: true });
    });
    on<LogState>('state', (state) => change({ state, problem: null }));
    on<LogLine[]>('lines', (lines) => {
      take({ lines, isPast });
      isPast = false;
    });
    on<number>('left-out', (leftOut) => take({ leftOut }));
    on<NonNullable<LiveLogs['problem']>>('problem', (problem) => change({ problem }));
    on('gone', () => window.location.reload());
    stream.addEventListener('error', () => {
      change({ isConnected: false });
      // CLOSED means that it was refused, such as because too many are open.
      if (stream.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
