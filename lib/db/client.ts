// The one way to PostgreSQL. Everything that stores goes through the Prisma client made here.

import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type Db = PrismaClient;
export type Transaction = Parameters<Parameters<Db['$transaction']>[0]>[0];

/** A crowd waits its turn for a connection; a database that is away says so at once. */
const TURN_MS_MAX = 10_000;

/**
 * Opens a pool on a PostgreSQL URL. A Unix socket is named by `?host=/directory`. Statements and transactions end after
 * 15 s.
 */
export function openDb(url: string, connectionsMax = 5): Db {
  const adapter = new PrismaPg({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: TURN_MS_MAX,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 30_000,
  });
  return new PrismaClient({ adapter, transactionOptions: { maxWait: TURN_MS_MAX, timeout: 15_000 } });
}
