// What happens to this instance's containers, as the engine tells it. The engine keeps few events and none over its own
// restart, and a stream can fall silent without an end: so this is a hint to look, and a lost stream is opened again.

import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../../log.ts';
import type { EngineChange } from '../engine.ts';
import { type DockerClient, wordsOf } from './client.ts';
import { LABEL } from './labels.ts';

const KINDS = {
  start: 'started',
  die: 'died',
  oom: 'out-of-memory',
  destroy: 'removed',
  pause: 'paused',
  unpause: 'unpaused',
} as const;

const PING_INTERVAL_MS = 5_000;
const BACKOFF_MIN_MS = 200;
const BACKOFF_MAX_MS = 5_000;
/** Events of the gap are asked for again; a hint that comes twice does no harm. */
const OVERLAP_SECONDS = 5;
const LINE_LENGTH_MAX = 1 << 20;

const EVENT = z.object({
  Action: z.string(),
  Actor: z.object({ Attributes: z.record(z.string(), z.string()).nullish() }),
});

/** The change an event line tells of, or null when it is none of ours. */
export function parseEvent(line: string): EngineChange | null {
  const event = EVENT.safeParse(parseJson(line));
  const siteId = event.data?.Actor.Attributes?.[LABEL.site];
  const kind = KINDS[event.data?.Action as keyof typeof KINDS];
  return siteId && kind ? { siteId, kind } : null;
}

/** Calls back until the returned function is called. */
export function watchEvents(
  deps: { client: DockerClient; instance: string; log: Log },
  onChange: (change: EngineChange) => void,
): () => void {
  const stopped = new AbortController();
  void keepWatching(deps, onChange, stopped.signal);
  return () => stopped.abort();
}

async function keepWatching(
  { client, instance, log }: { client: DockerClient; instance: string; log: Log },
  onChange: (change: EngineChange) => void,
  stopped: AbortSignal,
): Promise<void> {
  const filters = { type: ['container'], label: [`${LABEL.instance}=${instance}`], event: Object.keys(KINDS) };
  let backoffMs = BACKOFF_MIN_MS;
  let since: number | undefined;
  while (!stopped.aborted) {
    try {
      const options = { filters: JSON.stringify(filters), ...(since === undefined ? {} : { since }) };
      const stream = await client.call('events', (abortSignal) => client.docker.getEvents({ ...options, abortSignal }));
      backoffMs = BACKOFF_MIN_MS;
      await readEvents(client, stream as Readable, onChange, stopped);
    } catch (error) {
      if (!stopped.aborted) log.warn({ error: wordsOf(error) }, 'the engine’s events are lost; watching again');
    }
    since = seconds() - OVERLAP_SECONDS;
    await sleep(backoffMs, undefined, { signal: stopped, ref: false }).catch(() => {}); // stopped while waiting
    backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS);
  }
}

/** Returns or throws when the stream ends, breaks, or the engine no longer answers a ping. */
async function readEvents(
  client: DockerClient,
  stream: Readable,
  onChange: (change: EngineChange) => void,
  stopped: AbortSignal,
): Promise<void> {
  const close = () => stream.destroy();
  const watchdog = setInterval(() => {
    client.call('ping', () => client.docker.ping(), PING_INTERVAL_MS).catch(close);
  }, PING_INTERVAL_MS);
  stopped.addEventListener('abort', close, { once: true });
  if (stopped.aborted) close();
  try {
    let partial = '';
    for await (const chunk of stream.setEncoding('utf8')) {
      const lines = (partial + chunk).split('\n');
      partial = (lines.pop() ?? '').slice(-LINE_LENGTH_MAX);
      for (const change of lines.flatMap((line) => parseEvent(line) ?? [])) if (!stopped.aborted) onChange(change);
    }
  } finally {
    clearInterval(watchdog);
    stopped.removeEventListener('abort', close);
    close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not an event, which the schema then says.
  }
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
