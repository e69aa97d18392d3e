// The instance's own rows, for what no client can bring about or see in a test's time.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { SETTINGS } from './host-state.ts';

/** One statement against an instance's database; the test instance's unless told. */
export async function query<Row extends QueryResultRow>(
  text: string,
  values: unknown[] = [],
  { dataDir }: { dataDir: string } = SETTINGS,
): Promise<Row[]> {
  const connectionString = (await readFile(path.join(dataDir, 'env/DATABASE_URL'), 'utf8')).trim();
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
