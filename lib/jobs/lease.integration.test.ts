import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { LEASE_MS, releaseLease, renewLease, takeLease, whileLeased, withLease } from './lease.ts';

const NAME = 'site:x';
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.lease.deleteMany();
});

test('of two who want it at once one has it, and the other goes on without', async () => {
  const inside = withLease(database.db, NAME, 'one', 0, async () => {
    expect(await withLease(database.db, NAME, 'two', 0, async () => 'both')).toBe(null);
    return 'alone';
  });
  expect(await inside).toEqual({ result: 'alone' });
  expect(await database.db.lease.count()).toBe(0);
});

test('a renewal that comes after the giving back takes nothing', async () => {
  expect(await takeLease(database.db, NAME, 'one')).toBe(true);
  expect(await renewLease(database.db, NAME, 'one')).toBe(true);
  await releaseLease(database.db, NAME, 'one');
  expect(await renewLease(database.db, NAME, 'one')).toBe(false);
  expect(await takeLease(database.db, NAME, 'two')).toBe(true);
});

test('who lost the lease is told, also when whoever had it meanwhile has given it back', async () => {
  await takeLease(database.db, NAME, 'one');
  await whileLeased(database.db, NAME, 'one', async (lost) => {
    await releaseLease(database.db, NAME, 'one');
    await new Promise((resolve) => {
      lost.addEventListener('abort', resolve);
      setTimeout(resolve, LEASE_MS).unref();
    });
    expect(lost.aborted).toBe(true);
  });
  expect(await database.db.lease.count()).toBe(0);
});
