// GET streams the machine and all sites: server-sent events `all` once, then `some` with what changed.

import { streamRows } from '#lib/admin/stream.ts';
import { handleAdmin } from '#lib/api/admin.ts';
import { openEventStream } from '#lib/api/event-stream.ts';
import { findViewer } from '#lib/auth/viewer.ts';

export const GET = handleAdmin(
  async (call) => {
    const { request, viewer } = call;
    const stream = openEventStream(request.signal);
    try {
      const leave = call.streams.open(`admin ${viewer.userId}`, stream.close);
      stream.closed.addEventListener('abort', leave, { once: true });
    } catch (refused) {
      stream.close();
      throw refused;
    }
    streamRows(call.overview, stream, async () => (await findViewer(call, request.headers)).role === 'admin');
    return stream.response;
  },
  { isCounted: false },
);
