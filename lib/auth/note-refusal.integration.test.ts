import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { noteRefusal, REFUSALS_PER_HOUR } from './note-refusal.ts';
import { createThrottle } from './throttle.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('strangers at many addresses fill the audit log with a bounded number of refusals an hour', async () => {
  let now = 0;
  const deps = { db: database.db, refusals: createThrottle(REFUSALS_PER_HOUR, 3_600_000, () => now) };
  const refuse = async (address: string) => noteRefusal(deps, address, 'admin@example.org');
  for (let n = 0; n < REFUSALS_PER_HOUR + 20; n += 1) await refuse(`2001:db8:0:${n.toString(16)}::/64`);
  expect(await database.db.auditEntry.count()).toBe(REFUSALS_PER_HOUR);
  now += 3_600_001;
  await refuse('198.51.100.7');
  const last = await database.db.auditEntry.findFirst({ orderBy: { id: 'desc' } });
  expect(last).toMatchObject({ action: 'admin.sign-in-refused', actorRole: 'stranger', address: '198.51.100.7' });
});
