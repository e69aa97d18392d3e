// How many event streams may be open: each costs a connection and a timer, and a page needs one.

import { AppError } from '../errors/app-error.ts';

const STREAMS_PER_CALLER_MAX = 6;
const STREAMS_MAX = 2_000;

export interface StreamLimit {
  /** Counts a stream until the answered function is called. Throws `too-many-requests`. */
  open(caller: string, close: () => void): () => void;
  closeAll(): void;
}

export function createStreamLimit(): StreamLimit {
  const open = new Map<string, Set<() => void>>();
  let total = 0;
  return {
    open(caller, close) {
      const streams = open.get(caller) ?? new Set();
      if (streams.size >= STREAMS_PER_CALLER_MAX) throw tooManyStreams(STREAMS_PER_CALLER_MAX);
      if (total >= STREAMS_MAX) throw tooManyStreams(STREAMS_MAX);
      open.set(caller, streams.add(close));
      total += 1;
      return () => {
        if (!streams.delete(close)) return;
        total -= 1;
        if (streams.size === 0) open.delete(caller);
      };
    },
    closeAll() {
      for (const streams of [...open.values()]) for (const close of [...streams]) close();
    },
  };
}

function tooManyStreams(max: number): AppError {
  return new AppError('too-many-requests', {
    message: `${max} live views are open, which is the most there may be.`,
    hint: 'Close another tab of this page; this one keeps working and looks every few seconds.',
    details: { retryAfterSeconds: 10 },
  });
}
