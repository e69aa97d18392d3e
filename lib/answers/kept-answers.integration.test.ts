import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { beginAnswer, dropAnswer, forgetAnswers, type KeyedRequest, keepAnswer, putOff } from './kept-answers.ts';

const SECRET = 'a'.repeat(32);
const ANSWER = { status: 201, type: 'application/json', body: '{"token":"lk_u_shown-once"}' };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.db.keptAnswer.deleteMany());

const asked = (other: Partial<KeyedRequest> = {}): KeyedRequest => ({
  ...{ caller: 'user 1', key: 'k'.repeat(16), method: 'POST', path: '/api/tokens', body: Buffer.from('{}') },
  ...other,
});
const begin = (other: Partial<KeyedRequest> = {}) => beginAnswer({ db: database.db, secret: SECRET }, asked(other));
const keep = (attempt: { id: string; attempt: string }) =>
  keepAnswer({ db: database.db, secret: SECRET }, attempt, ANSWER);

async function beginNew(other: Partial<KeyedRequest> = {}) {
  const begun = await begin(other);
  if (begun.is !== 'new') throw new Error(`the key is ${begun.is}`);
  return begun.attempt;
}

const letMinutesPass = (minutes: number) =>
  database.db.$executeRaw`update "KeptAnswer" set "expiresAt" = "expiresAt" - ${minutes} * interval '1 minute'`;

test('of requests at the same moment one is new, and the others are told that it is under way', async () => {
  const begun = await Promise.all(Array.from({ length: 8 }, () => begin()));
  expect(begun.map(({ is }) => is).sort()).toEqual(['new', ...Array.from({ length: 7 }, () => 'under way')]);
});

test('the answer is told again, for the same caller, method, path, key and body alone', async () => {
  await keep(await beginNew());
  expect(await begin()).toEqual({ is: 'answered', answer: ANSWER });
  expect(await begin({ body: Buffer.from('{"name":"other"}') })).toEqual({ is: 'another request' });
  for (const other of [{ caller: 'user 2' }, { path: '/api/keys' }, { method: 'PUT' }, { key: 'l'.repeat(16) }]) {
    expect(await begin(other)).toMatchObject({ is: 'new' });
  }
});

test('what is kept holds no secret that can be read', async () => {
  await keep(await beginNew());
  expect(JSON.stringify(await database.db.keptAnswer.findMany())).not.toContain('shown-once');
});

test('a key whose process died is free after a minute, and what that process still writes counts for nothing', async () => {
  const dead = await beginNew();
  await letMinutesPass(0.9);
  expect((await begin()).is).toBe('under way');
  await letMinutesPass(0.2);
  const next = await beginNew();
  await keep(dead);
  await dropAnswer(database.db, dead);
  await putOff(database.db, dead);
  expect((await begin()).is).toBe('under way');
  await keep(next);
  expect((await begin()).is).toBe('answered');
});

test('a long request keeps its key as long as its process says so', async () => {
  const attempt = await beginNew();
  await letMinutesPass(0.9);
  await putOff(database.db, attempt);
  await letMinutesPass(0.9);
  expect((await begin()).is).toBe('under way');
});

test('a key that was given back is free at once', async () => {
  await dropAnswer(database.db, await beginNew());
  await beginNew();
});

test('an answer is forgotten after a day, and of one caller the oldest before that', async () => {
  await keep(await beginNew());
  await letMinutesPass(24 * 60 - 1);
  await forgetAnswers(database.db);
  expect((await begin()).is).toBe('answered');
  await letMinutesPass(2);
  await forgetAnswers(database.db);
  expect(await database.db.keptAnswer.count()).toBe(0);
  await database.db.$executeRaw`
    insert into "KeptAnswer" (id, caller, request, attempt, status, "expiresAt")
    select n::text, 'user 1', '', gen_random_uuid(), 200, now() + n * interval '1 second' from generate_series(1, 1003) n`;
  await beginNew({ caller: 'user 2' });
  await forgetAnswers(database.db);
  const kept = await database.db.keptAnswer.findMany({ where: { caller: 'user 1' }, select: { id: true } });
  expect(kept.length).toBe(1_000);
  expect(kept.map(({ id }) => id)).not.toContain('1');
  expect(await database.db.keptAnswer.count({ where: { caller: 'user 2' } })).toBe(1);
});
