// A PostgreSQL that does not answer is no fault of whoever asked: one error, `database-away`, whatever driver or ORM said.

import { AppError } from '../errors/app-error.ts';

/**
 * Of PostgreSQL (errcodes: connection exceptions, shutdowns, a start that has not ended, no connection free), and of Prisma
 * (its error reference: unreachable, timed out, closed, none free in the pool).
 */
const CODES = /^(?:08\w{3}|57P0[123]|53300|P1001|P1002|P1008|P1017|P2024)$/;
/** A socket's, which alone could be anybody's. */
const SOCKET_CODES = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH)$/;
const WORDS =
  /\.s\.PGSQL\.|timeout exceeded when trying to connect|Connection terminated|Unable to start a transaction in the given time/;
const KINDS = new Set<unknown>(['DatabaseNotReachable', 'ConnectionClosed']);
const CAUSES_MAX = 5;

/** Null where the error is another one. */
export function asDatabaseAway(error: unknown): AppError | null {
  if (error instanceof AppError || !saysAway(error, CAUSES_MAX)) return null;
  return new AppError('database-away', {
    message: 'Our database does not answer at the moment.',
    hint: 'Sites go on running. Try again in a minute.',
    cause: error,
  });
}

function saysAway(error: unknown, causesMax: number): boolean {
  if (typeof error !== 'object' || error === null || causesMax === 0) return false;
  const { name, code, kind, message, cause, meta } = error as Record<string, unknown>;
  const isPrisma = typeof name === 'string' && /^(?:PrismaClient|DriverAdapter)/.test(name);
  if (typeof code === 'string' && (CODES.test(code) || (isPrisma && SOCKET_CODES.test(code)))) return true;
  if (KINDS.has(kind) || (typeof message === 'string' && WORDS.test(message))) return true;
  const { driverAdapterError } = (meta ?? {}) as { driverAdapterError?: unknown };
  return saysAway(cause, causesMax - 1) || saysAway(driverAdapterError, causesMax - 1);
}
