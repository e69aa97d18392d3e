// Against a real HAProxy: who waits for sites to wake.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderProxyConfig, WAITING_MAX } from './config.ts';
import { renderMap } from './map.ts';
import { MOVED } from './maps.ts';
import { ASLEEP } from './proxy.ts';
import { renderTextMap } from './text-map.ts';

const agent = new http.Agent({ maxSockets: Number.POSITIVE_INFINITY });
let port: number;
let directory: string;
let haproxy: ChildProcess;
let sites: http.Server;
let waker: net.Server;
/** Of hosts: who asks, and is not answered until the test says so. */
const asking = new Map<string, net.Socket[]>();

beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-proxy-'));
  const at = (name: string) => path.join(directory, name);
  await writeFile(at('routes.map'), renderMap(new Map(['slow', 'other'].map((name) => [`${name}.localhost`, ASLEEP]))));
  await writeFile(at('moved.map'), renderTextMap(new Map([['old.localhost', 'http://new.localhost:8080']]), MOVED));
  for (const map of ['domains.map', 'secure.map', 'challenges.map']) await writeFile(at(map), '');
  await mkdir(at('pages'));
  for (const page of ['unavailable', 'not-found', 'held', 'did-not-wake', 'over-limit']) {
    await writeFile(at(`pages/${page}.html`), page);
  }
  sites = http.createServer((_, response) => response.end('awake'));
  await once(sites.listen(0, '127.0.0.1'), 'listening');
  waker = net.createServer((socket) => {
    socket.on('error', () => {}); // The proxy hung up.
    socket.once('data', (question) => {
      const host = String(question).trim().replace('host ', '');
      if (host === 'other.localhost') socket.end(`127.0.0.1:${(sites.address() as net.AddressInfo).port}\n`);
      else asking.set(host, [...(asking.get(host) ?? []), socket]);
    });
  });
  await once(waker.listen(at('wake.sock')), 'listening');
  port = await freePort();
  const config = renderProxyConfig({
    binds: [`127.0.0.1:${port}`],
    appHosts: ['app.localhost'],
    webAddress: '127.0.0.1:1',
    gitSocket: at('git.sock'),
    terminalSocket: at('terminal.sock'),
    adminSocket: at('admin.sock'),
    mapFile: at('routes.map'),
    movedFile: at('moved.map'),
    domainsFile: at('domains.map'),
    secureFile: at('secure.map'),
    challengesFile: at('challenges.map'),
    https: null,
    waker: { script: path.resolve('lib/proxy/waker.lua'), socket: at('wake.sock') },
    requestsSocket: at('requests.sock'),
    appUrl: 'http://app.localhost',
    pagesDir: at('pages'),
    user: null,
  });
  await writeFile(at('haproxy.cfg'), config);
  haproxy = spawn('haproxy', ['-db', '-q', '-f', at('haproxy.cfg')], { stdio: 'ignore' });
});
afterAll(async () => {
  haproxy.kill('SIGKILL');
  agent.destroy();
  for (const socket of [...asking.values()].flat()) socket.destroy();
  sites.close();
  waker.close();
  await rm(directory, { recursive: true });
});

async function freePort(): Promise<number> {
  const server = net.createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port: free } = server.address() as net.AddressInfo;
  await once(server.close(), 'close');
  return free;
}

test('who asks for the host of an earlier name is sent to the new one, with path and question', async () => {
  await expect.poll(() => get('nobody.localhost').catch(() => null), { timeout: 10_000 }).toBe(404);
  const asked = ['/', '/a/b?c=d&e', '//evil.example/x', '/%0d%0aset-cookie:x'];
  for (const path of asked) {
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        agent: false as const,
        headers: { host: 'OLD.localhost' },
      };
      http.request(options, resolve).on('error', reject).end();
    });
    answer.resume();
    expect(answer.statusCode).toBe(308);
    expect(answer.headers.location).toBe(`http://new.localhost:8080${path}`);
    expect(answer.headers['cache-control']).toBe('max-age=60');
    expect(answer.headers['set-cookie']).toBeUndefined();
  }
});

function get(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, agent, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
  });
}

test('a crowd at one site that does not wake has a bounded number of places at the waker, and others wake', async () => {
  await expect.poll(() => get('nobody.localhost').catch(() => null), { timeout: 10_000 }).toBe(404);
  const more = 50;
  const statuses: number[] = [];
  const crowd = Array.from({ length: WAITING_MAX + more }, () =>
    get('slow.localhost').then(
      (status) => statuses.push(status),
      () => {}, // The test has failed before, and ended the proxy.
    ),
  );
  await expect.poll(() => statuses.length, { timeout: 20_000 }).toBe(more);
  expect(statuses.every((status) => status === 503)).toBe(true);
  await expect.poll(() => asking.get('slow.localhost')?.length, { timeout: 20_000 }).toBe(WAITING_MAX);
  expect(await get('other.localhost')).toBe(200);
  for (const socket of asking.get('slow.localhost') ?? []) socket.end('no\n');
  await Promise.all(crowd);
});
