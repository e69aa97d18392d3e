// The socket that git's hook asks, with the questions that it could be asked. What a push deploys is proven elsewhere.

import { mkdtemp, rm, stat } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseSettings } from '../env.ts';
import { type HookServer, type HookServerDeps, serveHook } from './server.ts';

const NONE = '0'.repeat(40);
const COMMIT = 'a'.repeat(40);
const SITE = '0198c0de-0000-7000-8000-000000000000';

let dir: string;
let socket: string;
let server: HookServer;
let errors: unknown[];
let lookUps: number;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'lk-hook-'));
  socket = path.join(dir, 'deploy.sock');
  [errors, lookUps] = [[], 0];
  const log = { debug() {}, info() {}, warn() {}, error: (fields: unknown) => errors.push(fields) };
  const db = {
    // The turn is taken, and the site is not there.
    $executeRaw: async () => 1,
    site: {
      findUnique: async () => {
        lookUps += 1;
        return null;
      },
    },
  };
  const settings = parseSettings({});
  server = await serveHook({ db, log, settings, git: {}, runner: 'test' } as unknown as HookServerDeps, socket);
});

afterEach(async () => {
  await server.close(0);
  await rm(dir, { recursive: true });
});

/** What the hook would print, and its verdict last. */
async function ask(text: string): Promise<string[]> {
  const connection = net.connect(socket);
  connection.write(text);
  let answer = '';
  for await (const bytes of connection) answer += String(bytes);
  return answer.trimEnd().split('\n');
}

const question = (updates: object[], siteId = SITE) => `${JSON.stringify({ siteId, updates, quarantine: {} })}\n`;

test('takes branches and tags that do not deploy, with a line for each', async () => {
  const updates = [
    { old: NONE, new: COMMIT, ref: 'refs/heads/next' },
    { old: NONE, new: COMMIT, ref: 'refs/tags/v1' },
  ];
  const answer = await ask(question(updates));
  expect(answer).toHaveLength(3);
  expect(answer[0]).toMatch(/^log .*next.*only main/);
  expect(answer.at(-1)).toBe('end 0');
});

test('refuses to delete main, with what to do', async () => {
  const answer = await ask(question([{ old: COMMIT, new: NONE, ref: 'refs/heads/main' }]));
  expect(answer[0]).toMatch(/^log -----> Failed: The branch main cannot be deleted/);
  expect(answer.at(-1)).toBe('end 1');
});

test('a push to a site that is gone is refused', async () => {
  const answer = await ask(question([{ old: NONE, new: COMMIT, ref: 'refs/heads/main' }]));
  expect(lookUps).toBe(1);
  expect(answer[0]).toContain('There is no such site');
  expect(answer.at(-1)).toBe('end 1');
});

test.each([
  ['no JSON', 'hello\n'],
  ['another form', '{"siteId":1}\n'],
  ['a site that is a path', question([], '../../etc')],
  ['an object that is an option', question([{ old: NONE, new: '--upload-pack=x', ref: 'refs/heads/main' }])],
  ['far too much', `${'x'.repeat(200_000)}\n`],
])('answers %s with a number to quote, and tells the log', async (_name, text) => {
  const answer = await ask(text);
  expect(answer.at(-1)).toBe('end 1');
  expect(answer[1]).toMatch(/the number [0-9a-f]{8}\.$/);
  expect(errors).toHaveLength(1);
  expect(lookUps).toBe(0);
});

test('is only for its owner and group, and replaces the socket of an earlier process', async () => {
  expect((await stat(socket)).mode & 0o777).toBe(0o660);
  const second = await serveHook({} as unknown as HookServerDeps, socket);
  await second.close(0);
});
