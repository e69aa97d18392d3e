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

export function ExactTime({ at }: { at: string }) {
  const isHere = useNow() !== null;
  const zone = isHere ? {} : { timeZone: 'UTC' };
  const words = new Intl.DateTimeFormat('en-GB', { ...LOCAL, ...zone }).format(new Date(at));
  return <time dateTime={at}>{isHere ? words : `${words} UTC`}</time>;
}

export function RelativeTime({ at }: { at: string }) {
  const now = useNow();
  if (now === null) return <ExactTime at={at} />;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString('en-GB')}>
      {relativeTime(Date.parse(at), now)}
    </time>
  );
}
