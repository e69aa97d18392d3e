// Feeds one open log page: lines as they come, and whether the site runs. Asks anew again and again whether the viewer may
// still read it.

import { AppError } from '../errors/app-error.ts';
import type { SeenSite } from '../sites/find.ts';
import type { EventStream } from './event-stream.ts';
import type { Call } from './handle.ts';
import { followLogLines } from './logs.ts';
import { requireSiteOf } from './site-of.ts';

const LOOK_MS = 15_000;
/** The proxy sees that a browser has gone when there is something to send to it; until then a process reads in the site. */
const STILL_MS = 2_000;
const COUNT = 500;

/** Feeds the stream until it closes. Never throws: a failure is told and closes it, and the browser comes back. */
export async function streamLogs(call: Call<unknown>, site: SeenSite, stream: EventStream): Promise<void> {
  const looking = setInterval(() => {
    requireSiteOf(call, site.name, 'develop').catch((error: unknown) => {
      if (!(error instanceof AppError)) return;
      stream.send('gone', {});
      stream.close();
    });
  }, LOOK_MS);
  const still = setInterval(() => stream.send('still', {}), STILL_MS);
  const onClosed = () => {
    clearInterval(looking);
    clearInterval(still);
  };
  stream.closed.addEventListener('abort', onClosed, { once: true });
  stream.send('begin', {});
  try {
    await followLogLines(
      call.settings.paths.logsSocket,
      site.id,
      COUNT,
      (message) => {
        if ('state' in message) stream.send('state', message.state);
        else if ('lines' in message) stream.send('lines', message.lines);
        else stream.send('left-out', message.leftOut);
      },
      stream.closed,
    );
  } catch (error) {
    if (error instanceof AppError) stream.send('problem', { message: error.message, hint: error.hint });
    else call.log.warn({ siteId: site.id, cause: String(error) }, 'a log stream failed');
  } finally {
    stream.close();
  }
}
