// What Prisma says of a PostgreSQL that is not there, that goes away, or that has no connection free.

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AppError } from '../errors/app-error.ts';
import { asDatabaseAway } from './away.ts';
import { type Db, openDb } from './client.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function whatIsSaid(db: Db, ask: (db: Db) => Promise<unknown>): Promise<unknown> {
  try {
    await ask(db);
  } catch (error) {
    return error;
  } finally {
    await db.$disconnect();
  }
  throw new Error('it answered');
}

const look = (db: Db) => db.site.count();

test.each([
  ['a socket that is not there', 'postgresql:///x?host=/var/empty/nowhere&user=x'],
  ['a port that nobody listens on', 'postgresql://x@127.0.0.1:1/x'],
])('%s', async (_, url) => {
  for (const ask of [look, (db: Db) => db.$transaction((tx) => tx.site.count()), (db: Db) => db.$queryRaw`select 1`]) {
    expect(asDatabaseAway(await whatIsSaid(openDb(url), ask))).toMatchObject({
      code: 'database-away',
      httpStatus: 503,
    });
  }
});

test('a connection that is ended under the statement', async () => {
  const end = (db: Db) => db.$queryRaw`select pg_terminate_backend(pg_backend_pid())`;
  expect(asDatabaseAway(await whatIsSaid(openDb(database.url, 1), end))).toMatchObject({ code: 'database-away' });
});

test('what is wrong with the question is another error', async () => {
  const wrong = await whatIsSaid(openDb(database.url), (db) => db.$queryRaw`select no_such_column`);
  expect(asDatabaseAway(wrong)).toBeNull();
  const absent = (db: Db) => db.site.findUniqueOrThrow({ where: { name: 'nobody' } });
  expect(asDatabaseAway(await whatIsSaid(openDb(database.url), absent))).toBeNull();
  expect(asDatabaseAway(new AppError('not-found', { message: 'm', hint: 'h' }))).toBeNull();
  expect(asDatabaseAway(undefined)).toBeNull();
  const file = await readFile('/var/empty/nowhere').catch((error: Error) => error);
  expect(asDatabaseAway(file), 'a file that is not there').toBeNull();
});
