// The one translator of errors for people at an SSH client: two lines, what and what to do. What is nobody's fault but
// ours gets a bland sentence and an id; the log has the rest.

import { randomUUID } from 'node:crypto';
import { AppError } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';

/** As ssh itself says it when a connection fails. */
export const EXIT_REFUSED = 255;

export function explain(error: unknown, log: Log, fields: Record<string, unknown>): string {
  if (error instanceof AppError) {
    log.info({ ...fields, code: error.code, details: error.details, cause: causeOf(error) }, 'refused');
    return `lightkeeper: ${error.message}\n${error.hint}\n`;
  }
  const id = randomUUID().slice(0, 8);
  log.error({ ...fields, id, cause: causeOf({ cause: error }) }, 'an SSH session failed');
  return `lightkeeper: Something went wrong on our side (${id}).\nTry again in a moment; if it stays, tell the operator that id.\n`;
}

function causeOf({ cause }: { cause?: unknown }): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
