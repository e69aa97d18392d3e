// The web process's questions about the logs of sites, asked of the SSH process over its Unix socket: this process can
// start nothing in a container. Answers are bounded in time and size, and checked, because a tenant wrote what is in them.

import { type IncomingMessage, request } from 'node:http';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import type { LogLine } from '../logs/line.ts';
import { LOG_LINES, LOG_MESSAGE, type LogMessage } from '../logs/message.ts';

const TIMEOUT_MS = 15_000;
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
const MESSAGE_CHARACTERS_MAX = 8 * 1024 * 1024;

const REFUSAL = z.object({
  code: z.enum(['site-not-ready', 'too-many-requests', 'interrupted', 'engine-away']),
  message: z.string(),
  hint: z.string(),
});

/** The newest lines that have the words of the query. Throws `site-not-ready`, `too-many-requests`, `interrupted`. */
export async function readLogLines(
  socket: string,
  siteId: string,
  { count, query }: { count: number; query: string },
): Promise<LogLine[]> {
  const path = `/sites/${siteId}/lines?count=${count}&query=${encodeURIComponent(query)}`;
  const answer = await ask(socket, path, AbortSignal.timeout(TIMEOUT_MS));
  return LOG_LINES.parse(JSON.parse(await readAll(answer))).lines;
}

/** Calls with each message until the signal aborts or the other side ends. Throws as `readLogLines`. */
export async function followLogLines(
  socket: string,
  siteId: string,
  count: number,
  onMessage: (message: LogMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  const answer = await ask(socket, `/sites/${siteId}/follow?count=${count}`, signal);
  let pending = '';
  answer.setEncoding('utf8');
  try {
    for await (const text of answer as AsyncIterable<string>) {
      pending += text;
      const lines = pending.split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) onMessage(LOG_MESSAGE.parse(JSON.parse(line)));
      if (pending.length > MESSAGE_CHARACTERS_MAX) throw away('a message is too large');
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function ask(socketPath: string, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const answer = await open(socketPath, path, signal).catch((cause: unknown) => {
    throw away(cause);
  });
  if (answer.statusCode === 200) return answer;
  const refusal = REFUSAL.safeParse(parseJson(await readAll(answer)));
  if (!refusal.success) throw away(`status ${answer.statusCode}`);
  throw new AppError(refusal.data.code, refusal.data);
}

function open(socketPath: string, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, signal }, resolve);
    asked.on('error', reject);
    asked.end();
  });
}

async function readAll(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) throw away('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // An answer without words.
  }
}

function away(cause: unknown): AppError {
  return new AppError('interrupted', {
    message: 'The log cannot be read right now.',
    hint: 'Try again in a few seconds.',
    cause,
  });
}
