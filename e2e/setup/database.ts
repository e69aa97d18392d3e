// The test instance's rows, for what people cannot wish for and time does not bring soon enough.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { SETTINGS } from './host-state.ts';

/** One statement; answers its rows. */
export async function query<Row extends object>(statement: string, values: unknown[] = []): Promise<Row[]> {
  const connectionString = (await readFile(path.join(SETTINGS.dataDir, 'env/DATABASE_URL'), 'utf8')).trim();
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}
