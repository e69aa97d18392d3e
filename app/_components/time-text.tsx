// A moment: in UTC from the server, in the reader's own time and words once the browser knows it.

'use client';

import { relativeTime } from './time-words.ts';
import { useNow } from './use-now.ts';

const LOCAL: Intl.DateTimeFormatOptions = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
};

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' };
/** A distance that nobody counts in days. */
const FAR_MS = 60 * 24 * 60 * 60_000;

export function ExactTime({ at }: { at: string }) {
  const isHere = useNow() !== null;
  const zone = isHere ? {} : { timeZone: 'UTC' };
  const words = new Intl.DateTimeFormat('en-GB', { ...LOCAL, ...zone }).format(new Date(at));
  return <time dateTime={at}>{isHere ? words : `${words} UTC`}</time>;
}

export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  if (now === null) return <ExactTime at={at} />;
  const isFar = Math.abs(Date.parse(at) - now) > FAR_MS;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString('en-GB')}>
      {isFar ? new Intl.DateTimeFormat('en-GB', DAY).format(new Date(at)) : relativeTime(Date.parse(at), now)}
    </time>
  );
}
