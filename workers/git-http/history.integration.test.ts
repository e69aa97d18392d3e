import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request, type Server } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeCgroup } from '#lib/git/cgroup.ts';
import { createStarter, initRepository } from '#lib/git/repository.ts';
import { createStand, type Stand } from '#lib/git/test-stand.ts';
import { createHistory, type History } from './history.ts';
import { createHistoryServer } from './history-server.ts';

const ID = crypto.randomUUID();
let stand: Stand;
let history: History;
let server: Server;
let socketPath: string;
let repository: string;

beforeAll(async () => {
  stand = await createStand();
  repository = path.join(stand.directory, 'pool/sites', ID, 'git');
  await mkdir(repository, { recursive: true });
  await initRepository(repository, stand.deps.confinement.account);
  await createStarter(repository, stand.deps.confinement.account);
  history = createHistory(stand.deps, 'test');
  socketPath = path.join(stand.directory, 'history.sock');
  const findServed = async (id: string) =>
    id === ID
      ? { id, name: 'calm-reef-7', owner: 'a', state: 'live' as const, repository, pushBytesMax: 1024 ** 2 }
      : null;
  const paths = { pool: path.join(stand.directory, 'pool') };
  server = createHistoryServer({ history, git: stand.deps, findServed, paths });
  server.listen(socketPath);
  await once(server, 'listening');
});

afterAll(async () => {
  server.close();
  history.close();
  await stand.close();
  await removeCgroup('lightkeeper-test-history');
});

async function ask(url: string): Promise<{ status: number | undefined; body: Record<string, unknown> }> {
  const { status, body } = await send('GET', url);
  return { status, body: JSON.parse(body) };
}

async function send(method: string, url: string, body?: unknown): Promise<{ status: number; body: string }> {
  const asked = request({ socketPath, method, path: url, timeout: 15_000 });
  asked.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = await once(asked, 'response');
  return { status: answer.statusCode, body: await text(answer) };
}

test('the web reads commits and files over the socket', async () => {
  expect(await ask(`/sites/${ID}/commits`)).toMatchObject({
    status: 200,
    body: { commits: [{ subject: 'Start with a greeting' }] },
  });
  expect((await ask(`/sites/${ID}/files?path=main.py`)).body.text).toContain('GREETING');
  expect(await ask(`/sites/${ID}/files?path=nothing`)).toMatchObject({ status: 404 });
  expect(await ask('/sites/x/files')).toMatchObject({ status: 400 });
});

test('an earlier commit is browsed as it was, each entry with the commit that changed it last', async () => {
  const place = `/sites/${ID}/commits`;
  const first = (await ask(`/sites/${ID}/files`)).body.main as string;
  const edit = {
    parent: first,
    message: 'Say hello',
    changes: [{ path: 'hello.txt', content: 'Hello' }],
    author: { name: 'Guest', email: 'guest@example.org' },
  };
  const made = await send('POST', place, edit);
  const { commit } = JSON.parse(made.body.trim().split('\n').at(-1) ?? '') as { commit: string };
  expect((await ask(place)).body).toMatchObject({
    commits: [{ id: commit, subject: 'Say hello', author: 'Guest' }, {}],
  });
  const { entries } = (await ask(`/sites/${ID}/files`)).body as {
    entries: { name: string; last: { subject: string } }[];
  };
  expect(entries.map(({ name, last }) => [name, last.subject])).toEqual([
    ['Procfile', 'Start with a greeting'],
    ['README.md', 'Start with a greeting'],
    ['hello.txt', 'Say hello'],
    ['main.py', 'Start with a greeting'],
  ]);
  expect(await ask(`/sites/${ID}/files?path=hello.txt&commit=${first}`)).toMatchObject({ status: 404 });
  expect(await ask(`/sites/${ID}/files?path=main.py&commit=${first}`)).toMatchObject({
    body: { commit: first, main: commit, editable: true, link: false },
  });
  expect(await ask(`/sites/${ID}/files?commit=${'1'.repeat(40)}`)).toMatchObject({ status: 404 });
  expect(await ask(`/sites/${ID}/files?commit=main`)).toMatchObject({ status: 400 });
  expect(await send('POST', place, edit)).toMatchObject({ status: 409 });
  expect(await send('POST', `/sites/${crypto.randomUUID()}/commits`, edit)).toMatchObject({ status: 404 });
});

test('the bytes of a file are handed out as they are, of files alone', async () => {
  expect(await send('GET', `/sites/${ID}/raw?path=Procfile`)).toEqual({ status: 200, body: 'web: python3 main.py\n' });
  for (const path of ['', 'nothing', '../config', '-x', ':(top)main.py', '*', '/etc/passwd', 'main.py/x']) {
    expect(await send('GET', `/sites/${ID}/raw?path=${encodeURIComponent(path)}`), path).toMatchObject({ status: 404 });
  }
  expect(await send('GET', `/sites/${ID}/raw?path=main.py&commit=${'1'.repeat(40)}`)).toMatchObject({ status: 404 });
  expect(await send('GET', `/sites/${ID}/raw?path=a%00b`)).toMatchObject({ status: 400 });
});

test('a repository is read without root', async () => {
  await ask(`/sites/${ID}/commits`);
  const { uid } = stand.deps.confinement.account;
  const list = await new Promise<string>((resolve) => {
    execFile('pgrep', ['-u', String(uid), '-f', 'history-reader'], (_fault, out) => resolve(out));
  });
  const status = await readFile(`/proc/${list.trim().split('\n')[0]}/status`, 'utf8');
  expect(status).toMatch(new RegExp(`^Uid:\\t${uid}\\t${uid}\\t${uid}\\t${uid}$`, 'm'));
  expect(status).toMatch(/^CapEff:\t0+$/m);
  expect(status).toMatch(/^NoNewPrivs:\t1$/m);
});

test('a file that inflates past the memory of the reader is an error, and the next question is answered', async () => {
  const tree = await stand.workTree('bomb');
  await writeFile(path.join(tree, 'zeros'), Buffer.alloc(400 * 1024 ** 2));
  await stand.git(tree, 'add', '-A');
  await stand.git(tree, 'commit', '-q', '-m', 'Bomb');
  const options = [
    '-c',
    'safe.directory=*',
    'push',
    '-q',
    '--force',
    '--receive-pack=git -c safe.directory=* receive-pack',
  ];
  expect((await stand.git(tree, ...options, repository, 'main')).code).toBe(0);
  await initRepository(repository, stand.deps.confinement.account);
  expect(await ask(`/sites/${ID}/files?path=zeros`)).toMatchObject({ status: 503, body: { code: 'interrupted' } });
  expect(await ask(`/sites/${ID}/commits`)).toMatchObject({ status: 200 });
}, 60_000);
