// Answers the web process about the logs of sites. The socket's permissions say who may ask; the web has already seen whose
// site it is. A site has few readers at a time, because each is a process in it.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Engine } from '#lib/engine/engine.ts';
import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';
import { type LogMessage, PAST_MAX, SEARCHED_MAX } from '#lib/logs/message.ts';
import { followLogs, readLogs } from '#lib/logs/read.ts';
import { createSearch } from '#lib/logs/search.ts';

export interface LogsServerDeps {
  engine: Pick<Engine, 'exec' | 'inspect'>;
  readers: Readers;
  log: Log;
}

interface Question {
  siteId: string;
  kind: 'lines' | 'follow';
  count: number;
  query: string;
}

const PATH = /^\/sites\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/(lines|follow)$/;
const COUNT_DEFAULT = 500;
const READERS_PER_SITE = 6;
const READERS = 100;
/** A reader who stays longer begins anew. */
const FOLLOW_MS_MAX = 30 * 60_000;
/** Of a reader that does not take what it is sent. */
const UNSENT_BYTES_MAX = 2 * 1024 ** 2;

/** Counts who reads. Throws `too-many-requests`. */
export interface Readers {
  enter(siteId: string): () => void;
}

export function createReaders(): Readers {
  const perSite = new Map<string, number>();
  let total = 0;
  return {
    enter(siteId) {
      const here = perSite.get(siteId) ?? 0;
      if (here >= READERS_PER_SITE || total >= READERS) {
        throw new AppError('too-many-requests', {
          message: `The log of this site is being read ${here} times already.`,
          hint: 'Close another page or command that follows it.',
        });
      }
      perSite.set(siteId, here + 1);
      total += 1;
      return () => {
        total -= 1;
        const left = (perSite.get(siteId) ?? 1) - 1;
        if (left > 0) perSite.set(siteId, left);
        else perSite.delete(siteId);
      };
    },
  };
}

/** `GET /sites/ID/lines?count=&query=` answers `{ lines }`; `GET /sites/ID/follow?count=` messages as they come. */
export function createLogsServer(deps: LogsServerDeps): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    request.resume();
    response.on('error', () => {}); // Its close tells.
    answer(deps, parseQuestion(request.method ?? '', request.url ?? ''), response).catch((cause: unknown) =>
      refuse(deps, response, cause),
    );
  });
}

/** Null when it is none. Pure. */
export function parseQuestion(method: string, url: string): Question | null {
  const asked = URL.parse(url, 'http://logs');
  const [, siteId, kind] = PATH.exec(asked?.pathname ?? '') ?? [];
  if (method !== 'GET' || !asked || !siteId) return null;
  const count = Number(asked.searchParams.get('count') ?? COUNT_DEFAULT);
  if (!Number.isInteger(count) || count < 0 || count > PAST_MAX) return null;
  const query = asked.searchParams.get('query') ?? '';
  return { siteId, kind: kind === 'follow' ? 'follow' : 'lines', count, query };
}

async function answer(deps: LogsServerDeps, question: Question | null, response: ServerResponse): Promise<void> {
  if (!question) throw siteNotFound();
  const { siteId, kind, count, query } = question;
  const leave = deps.readers.enter(siteId);
  try {
    if (kind === 'follow') return await follow(deps, siteId, count, response);
    const lines = await readLogs(deps.engine, siteId, query === '' ? count : SEARCHED_MAX);
    const has = createSearch(query);
    const found = lines.filter(({ text }) => has(text)).slice(-count || lines.length);
    response.writeHead(200, JSON_TYPE).end(JSON.stringify({ lines: found }));
  } finally {
    leave();
  }
}

const JSON_TYPE = { 'content-type': 'application/json', 'cache-control': 'no-store' };

async function follow(deps: LogsServerDeps, siteId: string, count: number, response: ServerResponse): Promise<void> {
  const over = new AbortController();
  response.on('close', () => over.abort());
  const timer = setTimeout(() => over.abort(), FOLLOW_MS_MAX);
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const send = (message: LogMessage) => {
    response.write(`${JSON.stringify(message)}\n`);
    if (response.writableLength > UNSENT_BYTES_MAX) over.abort();
  };
  try {
    await followLogs(
      deps.engine,
      siteId,
      count,
      {
        state: (state) => send({ state }),
        lines: (lines) => send({ lines }),
        leftOut: (leftOut) => send({ leftOut }),
      },
      over.signal,
    );
  } finally {
    clearTimeout(timer);
    response.end();
  }
}

function refuse({ log }: LogsServerDeps, response: ServerResponse, cause: unknown): void {
  const error = cause instanceof AppError ? cause : null;
  if (!error) log.error({ err: cause instanceof Error ? cause : String(cause) }, 'a log could not be read');
  if (response.headersSent) return void response.end();
  const { code, message, hint } = error ?? {
    code: 'interrupted',
    message: 'The log could not be read, because of a fault on our side.',
    hint: 'Try again in a minute.',
  };
  response.writeHead(error?.httpStatus ?? 500, JSON_TYPE).end(JSON.stringify({ code, message, hint }));
}
