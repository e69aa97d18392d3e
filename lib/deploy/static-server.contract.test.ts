// The server for plain files, as a site runs it.

import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually, freeNumber } from './testing/host-container.ts';

const SERVER = path.resolve(import.meta.dirname, '../../workers/container/static-server.py');
const FILES = path.resolve(import.meta.dirname, '../../e2e/sites/static');

let root: string;
let server: ChildProcess;
let port: number;

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** The path goes out as it is, unlike with fetch. */
function get(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path: target, headers, method, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    request.on('error', reject).end();
  });
}

const listens = () =>
  get('/').then(
    () => true,
    () => false,
  );

beforeAll(async () => {
  port = 8000 + (await freeNumber());
  root = await mkdtemp(path.join(tmpdir(), 'lk-static-'));
  await cp(FILES, path.join(root, 'site'), { recursive: true });
  await writeFile(path.join(root, 'secret.txt'), 'outside');
  await symlink('../secret.txt', path.join(root, 'site/outside.txt'));
  await symlink('about.html', path.join(root, 'site/inside.html'));
  await writeFile(path.join(root, 'site/digits.bin'), '0123456789');
  await writeFile(path.join(root, 'site/ünï cödé.txt'), 'odd');
  server = spawn('python3', ['-I', SERVER, 'missing', 'site'], {
    cwd: root,
    stdio: 'ignore',
    env: { NODE_ENV: 'test', PATH: '/usr/bin:/bin', PORT: String(port), HOST: '127.0.0.1', LANG: 'C.UTF-8' },
  });
  expect(await eventually(listens)).toBe(true);
});

afterAll(async () => {
  server.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

test('serves the pages, clean addresses and folders', async () => {
  expect(await get('/')).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
  expect((await get('/about?x=1')).body).toContain('<h1>About</h1>');
  expect((await get('/inside.html')).status).toBe(200);
  expect(await get('/notes')).toMatchObject({ status: 301, headers: { location: '/notes/' } });
  expect((await get('/notes/')).body).toContain('Notes');
  expect((await get('/css/site.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  expect((await get('/%C3%BCn%C3%AF%20c%C3%B6d%C3%A9.txt')).body).toBe('odd');
});

test("answers what is not there with the site's own page", async () => {
  expect(await get('/nothing')).toMatchObject({ status: 404, body: expect.stringContaining('Nothing here') });
});

test.each([
  ['/.env'],
  ['/%2eenv'],
  ['/.git/config'],
  ['/../secret.txt'],
  ['/..%2fsecret.txt'],
  ['/%2e%2e/secret.txt'],
  ['/notes/../../secret.txt'],
  ['//etc/passwd'],
  ['/etc/passwd'],
  ['/outside.txt'],
  ['/css/'],
  ['/index.html%00.txt'],
  ['/index.html/'],
  ['http://x/../secret.txt'],
])('gives nothing away at %s', async (target) => {
  const { status, body } = await get(target);
  expect(status).toBe(404);
  expect(body).not.toContain('outside');
  expect(body).not.toContain('root:');
});

test('redirects to no other host', async () => {
  for (const target of ['//evil.example/notes', '//notes', '/\\evil/notes']) {
    const { headers } = await get(target);
    expect(headers.location ?? '/').toMatch(/^\/(?!\/|\\)/);
  }
});

test('knows what a browser has already', async () => {
  const { headers } = await get('/css/site.css');
  const tag = headers.etag ?? '';
  expect((await get('/css/site.css', { 'if-none-match': tag })).status).toBe(304);
  expect((await get('/css/site.css', { 'if-none-match': '"other"' })).status).toBe(200);
  expect((await get('/css/site.css', { 'if-modified-since': headers['last-modified'] ?? '' })).status).toBe(304);
});

test('gives parts of a file', async () => {
  const part = (range: string) => get('/digits.bin', { range });
  expect(await part('bytes=2-4')).toMatchObject({
    status: 206,
    body: '234',
    headers: { 'content-range': 'bytes 2-4/10' },
  });
  expect((await part('bytes=-3')).body).toBe('789');
  expect((await part('bytes=7-')).body).toBe('789');
  expect((await part('bytes=90-')).status).toBe(416);
  expect(await part('bytes=x-y')).toMatchObject({ status: 200, body: '0123456789' });
});

test('answers HEAD like GET without the body, and no other method', async () => {
  const { status, headers, body } = await get('/digits.bin', {}, 'HEAD');
  expect({ status, body, length: headers['content-length'] }).toEqual({ status: 200, body: '', length: '10' });
  expect((await get('/digits.bin', {}, 'POST')).status).toBe(501);
});

test('ends its answers before it stops', async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const answers = Promise.all(Array.from({ length: 20 }, () => get('/')));
  await answers;
  server.kill('SIGTERM');
  expect(await ended).toBe(0);
});
