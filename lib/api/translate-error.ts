// The API's one exit for errors: what a person may read becomes JSON with its status, everything else a bland sentence
// with an id that the log has too.

import { randomUUID } from 'node:crypto';
import { asDatabaseAway } from '../db/away.ts';
import { AppError } from '../errors/app-error.ts';
import type { Log } from '../log.ts';

export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: { error: { code: string; message: string; hint: string } };
}

const RETRY_SECONDS = 30;

export function translateError(error: unknown, log: Log, where: string): ErrorAnswer {
  if (error instanceof AppError) return answerTo(error);
  const away = asDatabaseAway(error);
  if (away) {
    log.warn({ where, cause: String(error) }, 'the database is away');
    return answerTo(away);
  }
  const id = randomUUID();
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error({ id, where, cause }, 'request failed');
  const message = 'Something broke on our side.';
  const hint = `Try again. If it stays, tell the operator this number: ${id}.`;
  return { status: 500, headers: {}, body: { error: { code: 'internal', message, hint } } };
}

function answerTo(error: AppError): ErrorAnswer {
  const { retryAfterSeconds } = error.details;
  const seconds = typeof retryAfterSeconds === 'number' ? retryAfterSeconds : RETRY_SECONDS;
  return {
    status: error.httpStatus,
    headers: error.retryable ? { 'retry-after': String(Math.ceil(seconds)) } : {},
    body: { error: { code: error.code, message: error.message, hint: error.hint } },
  };
}
