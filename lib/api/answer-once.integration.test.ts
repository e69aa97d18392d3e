import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { createLog } from '../log.ts';
import type { Viewer } from '../sites/access.ts';
import { answerOnce } from './answer-once.ts';
import { type Call, json } from './handle.ts';

const settings = parseSettings({ LIGHTKEEPER_SECRET: 'a'.repeat(32) });
const NOBODY: Viewer = { userId: null, role: null, token: null };
let database: TestDatabase;
let key: string;
let done: number;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => {
  key = randomUUID();
  done = 0;
});

const USER: Viewer = { userId: '01900000-0000-7000-8000-000000000001', role: 'member', token: null };

function ask(
  work: (call: Call<unknown>) => Promise<Response>,
  {
    viewer = USER,
    body = '{}',
    params = undefined as { name: string } | undefined,
    headers = {} as Record<string, string>,
  } = {},
): Promise<Response> {
  const request = new Request('http://localhost/api/tokens', {
    method: 'POST',
    headers: { 'idempotency-key': key, ...headers },
    body,
  });
  const call = { db: database.db, settings, log: createLog('test'), viewer, params, request };
  return answerOnce(call as unknown as Call<unknown>, async (again) => {
    done += 1;
    return work(again);
  });
}

test('the work is done once, reads what was sent, and is told again word for word', async () => {
  const work = async (call: Call<unknown>) => json({ sent: await call.request.text() }, 201);
  const first = await ask(work, { body: '{"name":"ci"}' });
  const second = await ask(work, { body: '{"name":"ci"}' });
  expect([first.status, second.status, done]).toEqual([201, 201, 1]);
  const text = await first.text();
  expect(text).toBe('{"sent":"{\\"name\\":\\"ci\\"}"}');
  expect(await second.text()).toBe(text);
  expect([first, second].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
});

test('another body with the same key is refused, and so is the same while the first is under way', async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = ask(async () => {
    first.resolve();
    await second.promise;
    return json({}, 201);
  });
  await first.promise;
  await expect(ask(async () => json({}))).rejects.toMatchObject({ code: 'request-under-way', retryable: true });
  await expect(ask(async () => json({}), { body: '{"a":1}' })).rejects.toMatchObject({ code: 'key-reused' });
  second.resolve();
  expect((await slow).status).toBe(201);
});

test.each([
  ['a failure of ours', 500, {}],
  ['a refusal that passes', 409, { 'retry-after': '5' }],
  ['a refusal of who asks', 403, {}],
  ['a session', 200, { 'set-cookie': 'session=1' }],
])('%s is not kept: the same key tries again', async (_, status, headers) => {
  await ask(async () => json({}, status, headers));
  expect((await ask(async () => json({}, 201))).status).toBe(201);
  expect(done).toBe(2);
});

test('a refusal of what was sent is kept', async () => {
  await ask(async () => json({ error: { code: 'bad-request' } }, 400));
  expect((await ask(async () => json({}, 201))).status).toBe(400);
});

test('an answer that streams or is large is not kept', async () => {
  const streams = new Response('{}\n', { headers: { 'content-type': 'application/x-ndjson' } });
  await ask(async () => streams);
  await ask(async () => json({ text: 'x'.repeat(100_000) }));
  expect((await ask(async () => json({ small: true }))).headers.get('idempotent-replayed')).toBeNull();
  expect((await ask(async () => json({}))).headers.get('idempotent-replayed')).toBe('true');
});

test('a stranger has no keys, and who does not see the site has none there', async () => {
  for (const asker of [
    { viewer: NOBODY },
    { viewer: { ...NOBODY, token: 'x'.repeat(40) } },
    { params: { name: 'no-such-site-1' } },
  ]) {
    await ask(async () => json({}), asker);
    await ask(async () => json({}), asker);
  }
  expect(done).toBe(6);
  expect(await database.db.keptAnswer.count({ where: { caller: { not: `user ${USER.userId}` } } })).toBe(0);
});

test('each token has keys of its own, so that none is told what another was', async () => {
  const bearer = { userId: USER.userId ?? '', access: 'own' as const, siteIds: [] };
  const viewer = { ...NOBODY, bearer };
  for (const token of ['one', 'two']) {
    const answer = await ask(async () => json({ token }), { viewer, headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).toEqual({ token });
  }
});
