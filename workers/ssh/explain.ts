// The one translator of errors for people at an SSH client: two lines, what and what to do. What is nobody's fault but
// ours gets a bland sentence and an id; the log has the rest.

import { randomUUID } from 'node:crypto';
import { asDatabaseAway } from '#lib/db/away.ts';
import { AppError } from '#lib/errors/app-error.ts';
import type { Log } from '#lib/log.ts';

/** As ssh itself says it when a connection fails. */
export const EXIT_REFUSED = 255;

export interface Explanation {
  code: string;
  message: string;
  hint: string;
}

export function explain(error: unknown, log: Log, fields: Record<string, unknown>): string {
  return renderExplanation(explanationOf(error, log, fields));
}

export function renderExplanation({ message, hint }: Explanation): string {
  return `lightkeeper: ${message}\n${hint}\n`;
}

/** The same in its parts, for who asked for JSON. */
export function explanationOf(thrown: unknown, log: Log, fields: Record<string, unknown>): Explanation {
  const error = asDatabaseAway(thrown) ?? thrown;
  if (error instanceof AppError) {
    const { code, message, hint, details } = error;
    log.info({ ...fields, code, details, cause: causeOf(error) }, 'refused');
    return { code, message, hint };
  }
  const id = randomUUID().slice(0, 8);
  log.error({ ...fields, id, cause: causeOf({ cause: error }) }, 'an SSH session failed');
  const hint = 'Try again in a moment; if it stays, tell the operator that id.';
  return { code: 'internal', message: `Something went wrong on our side (${id}).`, hint };
}

function causeOf({ cause }: { cause?: unknown }): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
