// Which migrations a database has, and what to make of one whose process was killed. A script and the note that it is
// done are one transaction here (a simple query of several statements is one, protocol-flow, "Multiple Statements in a
// Simple Query"), so that one without the note has changed nothing and may be applied again.

import { createHash } from 'node:crypto';
import { Client } from 'pg';

/** The lock that Prisma's schema engine holds while it migrates. */
const ENGINE_LOCK = 72_707_369;
const LOCK_TIMEOUT_MS = 60_000;

/**
 * Answers the names of the migrations that are done. One that a killed process has left is marked as rolled back, once
 * its server process has ended too.
 */
export async function settleMigrations(databaseUrl: string): Promise<Set<string>> {
  const client = new Client({ connectionString: databaseUrl, query_timeout: LOCK_TIMEOUT_MS });
  await client.connect();
  try {
    const [table] = (await client.query(`select to_regclass('_prisma_migrations') as name`)).rows;
    if (table.name === null) return new Set();
    await client.query(`select pg_advisory_lock(${ENGINE_LOCK})`);
    await client.query(
      'update "_prisma_migrations" set rolled_back_at = now() where finished_at is null and rolled_back_at is null',
    );
    const done = await client.query('select migration_name from "_prisma_migrations" where finished_at is not null');
    return new Set(done.rows.map(({ migration_name }) => migration_name));
  } finally {
    await client.end(); // Lets go of the lock too.
  }
}

/** The script of a migration that is to be applied, with its note. Pure. */
export function withNote(name: string, script: string): string {
  const checksum = createHash('sha256').update(script).digest('hex');
  return `${script}
update "_prisma_migrations" set finished_at = now(), applied_steps_count = 1, checksum = '${checksum}'
where migration_name = '${name.replaceAll("'", "''")}' and finished_at is null and rolled_back_at is null;
`;
}
