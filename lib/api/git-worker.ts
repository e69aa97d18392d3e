// Asks the git worker over its Unix socket: this process can read no repository itself. Answers are bounded in time and,
// where they are kept, in size.

import { type IncomingMessage, request } from 'node:http';
import { z } from 'zod';
import { AppError } from '../errors/app-error.ts';
import { ERROR_CODES } from '../errors/catalogue.ts';

const ANSWER_MS_MAX = 8_000;
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

const REFUSAL = z.object({ code: z.enum(ERROR_CODES), message: z.string(), hint: z.string() });
/** What is about the repository itself; anything else of the worker's is its own business. */
const TOLD = new Set(['main-moved', 'push-refused', 'bad-request', 'site-not-ready', 'deployment-running']);

/** The parsed JSON of an answer. Throws `not-found`, or `interrupted` when the worker is away or cannot read. */
export async function askWorker(socketPath: string, path: string): Promise<unknown> {
  const answer = await openAnswer({ socketPath, path, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  return JSON.parse(await readText(answer));
}

export interface Question {
  socketPath: string;
  path: string;
  method?: 'GET' | 'POST';
  body?: string;
  signal?: AbortSignal;
}

/** An answer of status 200, still to be read. Throws what the worker refuses with. */
export async function openAnswer({ body, ...options }: Question): Promise<IncomingMessage> {
  const opening = new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(options, resolve);
    asked.on('error', reject);
    asked.end(body);
  });
  const answer = await opening.catch((cause: unknown) => {
    throw away(cause);
  });
  if (answer.statusCode === 200) return answer;
  throw refusalOf(answer.statusCode ?? 0, await readText(answer));
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > ANSWER_BYTES_MAX) throw new Error('the answer is too large');
      chunks.push(chunk);
    }
  } catch (cause) {
    throw away(cause);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refusalOf(status: number, text: string): AppError {
  if (status === 404) {
    return new AppError('not-found', {
      message: 'There is nothing at this path of the commit.',
      hint: 'Start at the top again.',
    });
  }
  const refusal = REFUSAL.safeParse(parseJson(text));
  if (refusal.success && TOLD.has(refusal.data.code)) return new AppError(refusal.data.code, refusal.data);
  return away(`status ${status}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // An answer without words.
  }
}

export function away(cause: unknown): AppError {
  return new AppError('interrupted', {
    message: 'The repository cannot be read right now.',
    hint: 'Try again in a few seconds.',
    cause,
  });
}
