// When is a channel over? Its own 'close' comes only after its input was read, which a process that reads nothing never
// does; so the session's close, the connection's end and the end that ssh2 puts on standard error count as well.

import type { ServerChannel } from 'ssh2';
import type { Guard } from './guard.ts';

/** Aborts as soon as the client can no longer be reached over this channel. */
export function channelEnd(channel: ServerChannel, guard: Guard, sessionClosed?: AbortSignal): AbortSignal {
  const over = new AbortController();
  const end = () => {
    guard.gone.removeEventListener('abort', end);
    over.abort();
  };
  channel.once('close', end);
  // We never end it ourselves: ssh2 does, when the client closes the channel.
  channel.stderr.once('finish', end);
  guard.gone.addEventListener('abort', end);
  sessionClosed?.addEventListener('abort', end);
  if (guard.gone.aborted || sessionClosed?.aborted) end();
  return over.signal;
}
