// The one error that users see. Everything else that is thrown is a broken invariant: the exits answer it with a bland
// sentence and an id, and the log has the rest.

import { CATALOGUE, type ErrorCode } from './catalogue.ts';

export interface AppErrorFields {
  /** What happened, one plain sentence with its numbers. */
  message: string;
  /** What to do next, one plain sentence. */
  hint: string;
  /** For the log only. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly httpStatus: number;
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, fields: AppErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = fields.hint;
    this.httpStatus = CATALOGUE[code].httpStatus;
    this.retryable = CATALOGUE[code].retryable;
    this.details = fields.details ?? {};
  }
}

/** The answer to every site that is absent or somebody else's: the two must not differ. */
export function siteNotFound(): AppError {
  return new AppError('not-found', {
    message: 'There is no such site.',
    hint: 'Check the name, and sign in with the browser or token that launched it.',
  });
}

/** Throws unless the condition holds. For what only a bug can break, never for input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Invariant broken: ${message}`);
}
