// The header by which a caller says that two requests are one (draft-ietf-httpapi-idempotency-key-header): a text in
// quotes, as the draft has it, or without, as many clients send it.

import { AppError } from '../errors/app-error.ts';

export const IDEMPOTENCY_HEADER = 'idempotency-key';

const KEY = /^[\w.:-]{16,100}$/;

/** Long enough that nobody else would send it. */
export function isIdempotencyKey(text: string): boolean {
  return KEY.test(text);
}

/** Null: there is none. Throws `bad-request`. */
export function parseIdempotencyKey(text: string | null): string | null {
  if (text === null) return null;
  const key = /^"(.*)"$/.exec(text.trim())?.[1] ?? text.trim();
  if (isIdempotencyKey(key)) return key;
  throw new AppError('bad-request', {
    message: 'The Idempotency-Key is not usable.',
    hint: 'Send 16 to 100 letters, digits, hyphens, dots, colons or underscores that nobody else would send, such as a UUID.',
  });
}
