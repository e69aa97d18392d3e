// Feeds an operator's open table: server-sent events `all`, then `some` when anything differs. Asks from time to time
// whether the session still holds.

import type { EventStream } from '../api/event-stream.ts';
import type { Watch } from './watch.ts';

const LOOK_MS = 15_000;

/** `mayStay` is asked every 15 s; when it says no, or the stream closes, nothing more is sent. */
export function streamRows(watch: Watch, stream: EventStream, mayStay: () => Promise<boolean>): void {
  const leave = watch.join({
    start: (rows, host) => stream.send('all', { rows, host }),
    change: (change, host) => stream.send('some', { ...change, host }),
  });
  const look = setInterval(() => {
    mayStay().then(
      (may) => {
        if (may) return;
        stream.send('ended', {});
        stream.close();
      },
      () => stream.close(), // the database is away: the browser comes back and is told then
    );
  }, LOOK_MS);
  stream.closed.addEventListener(
    'abort',
    () => {
      clearInterval(look);
      leave();
    },
    { once: true },
  );
}
