// GET streams what a site's releases write: server-sent events `begin`, `state`, `lines`, `left-out`, `problem` and `gone`.

import { openEventStream } from '#lib/api/event-stream.ts';
import { handle } from '#lib/api/handle.ts';
import { streamLogs } from '#lib/api/log-stream.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { clientAddress } from '#lib/auth/client-address.ts';

export const GET = handle<{ name: string }>(
  async (call) => {
    const site = await requireSiteOf(call, call.params.name, 'develop');
    const stream = openEventStream(call.request.signal);
    try {
      const caller = call.viewer.userId ?? `token of ${site.id} from ${clientAddress(call.request.headers)}`;
      const leave = call.streams.open(caller, stream.close);
      stream.closed.addEventListener('abort', leave, { once: true });
    } catch (refused) {
      stream.close();
      throw refused;
    }
    void streamLogs(call, site, stream);
    return stream.response;
  },
  { isCounted: false },
);
