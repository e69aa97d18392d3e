// How old what is shown is: the keeper reads every few seconds, and when it does not, nothing here is true any more.

'use client';

import { useEffect, useState } from 'react';
import { duration } from '../../_components/time-words.ts';

const STALE_MS = 15_000;

export function KeeperAge({ readAt, readMillis }: { readAt: number | null; readMillis: number }) {
  const now = useSeconds();
  if (readAt === null) {
    return <p className="text-sm font-semibold text-warn">The keeper has not read this machine yet.</p>;
  }
  if (now === null) return <p className="text-sm text-muted">Read by the keeper</p>;
  const age = Math.max(0, now - readAt);
  const isStale = age > STALE_MS;
  return (
    <p
      data-testid="keeper-age"
      data-stale={isStale}
      className={`flex items-center gap-2 text-sm tabular-nums ${isStale ? 'font-semibold text-warn' : 'text-muted'}`}
      title={readMillis > 0 ? `The last reading of all sites took ${readMillis} ms.` : undefined}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${isStale ? 'bg-warn' : 'bg-good'}`} />
      {isStale ? `The keeper is late: last read ${words(age)} ago` : `Read ${words(age)} ago`}
    </p>
  );
}

function words(age: number): string {
  return age < 60_000 ? `${Math.round(age / 1_000)} s` : duration(age);
}

/** The browser's clock in whole seconds; null on the server and in the first picture. */
function useSeconds(): number | null {
  const [now, setNow] = useState<number | null>(null);
  useEffect(() => {
    const tick = () => setNow(Date.now());
    tick();
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
