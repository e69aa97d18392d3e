// Server-sent events (HTML standard, 9.2) with a bound: a reader that does not keep up is dropped, and comes back by
// itself with a fresh snapshot. A comment line every 15 s keeps proxies from closing the connection.

const BUFFER_BYTES_MAX = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2_000;

export interface EventStream {
  response: Response;
  /** Aborts when the reader went away, fell behind or the stream was closed. */
  closed: AbortSignal;
  send(event: string, data: unknown): void;
  close(): void;
}

export function openEventStream(requestEnded: AbortSignal): EventStream {
  const encoder = new TextEncoder();
  const closing = new AbortController();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  const close = () => {
    if (closing.signal.aborted) return;
    closing.abort();
    clearInterval(heartbeat);
    try {
      controller?.close();
    } catch {
      // the reader has cancelled it already
    }
  };
  const write = (text: string) => {
    if (!controller || closing.signal.aborted) return;
    controller.enqueue(encoder.encode(text));
    if ((controller.desiredSize ?? 0) <= 0) close();
  };
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
  const body = new ReadableStream<Uint8Array>(
    {
      start: (own) => {
        controller = own;
      },
      cancel: close,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES_MAX }),
  );
  write(`retry: ${RECONNECT_MS}\n\n`);
  requestEnded.addEventListener('abort', close, { once: true });
  return {
    response: new Response(body, { headers: HEADERS }),
    closed: closing.signal,
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    close,
  };
}

/** `no-transform` keeps the server's compression from holding events back. */
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};
