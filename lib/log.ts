// Structured log lines of every process: one JSON object a line on standard output, fields instead of sentences.

import { pino } from 'pino';

export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** A logger that puts the process's name on every line. Secrets are redacted by field name. */
export function createLog(process: string): Log {
  return pino({
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    redact: { paths: ['password', 'token', 'secret', '*.password', '*.token', '*.secret'], censor: '(hidden)' },
  });
}
