// The rows an instance cannot be without.

import { runMigrations } from 'graphile-worker';
import { openDb } from '#lib/db/client.ts';
import { seedPlans } from '../../prisma/seed.ts';

/** Makes the job queue's tables and inserts the plans that are missing; safe to repeat. */
export async function seed(databaseUrl: string): Promise<void> {
  await runMigrations({ connectionString: databaseUrl });
  const db = openDb(databaseUrl, 1);
  try {
    await seedPlans(db);
  } finally {
    await db.$disconnect();
  }
}
