// The one way to PostgreSQL. Everything that stores goes through the Prisma client made here.

import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

export type Db = PrismaClient;
export type Transaction = Parameters<Parameters<Db['$transaction']>[0]>[0];

/** Opens a pool on a PostgreSQL URL. A Unix socket is named by `?host=/directory`. Statements end after 15 s. */
export function openDb(url: string, connectionsMax = 5): Db {
  const adapter = new PrismaPg({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 30_000,
  });
  return new PrismaClient({ adapter });
}
