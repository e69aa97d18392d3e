// The clean instance that the bench measures: its own, so that nothing else plays in.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../setup/programs.ts';

export const BENCH_INSTANCE = {
  LIGHTKEEPER_INSTANCE: 'lkbench',
  LIGHTKEEPER_DATA_DIR: '/var/lib/lightkeeper-bench',
  LIGHTKEEPER_HTTP_PORT: '17080',
  LIGHTKEEPER_WEB_PORT: '17081',
  LIGHTKEEPER_SSH_GATEWAY_PORT: '11222',
  LIGHTKEEPER_SSH_PORTS: '25000-25399',
  LIGHTKEEPER_SUBNET: '10.216.0.0/20',
  LIGHTKEEPER_POOL_SIZE: '40GB',
  LIGHTKEEPER_READY_SITES: '3',
  LIGHTKEEPER_REQUESTS_PER_MINUTE: '1000000',
  LIGHTKEEPER_CHANGES_PER_MINUTE: '1000000',
  LIGHTKEEPER_LAUNCHES_PER_HOUR: '100000',
  LIGHTKEEPER_SITES_PER_ADDRESS: '10000',
  LIGHTKEEPER_DRAIN_SECONDS: '1',
  // Of disk for about 270 sites: the last ones of the storm are told that the machine is full.
  LIGHTKEEPER_OVERCOMMIT: '8',
};

export const APP_URL = `http://localhost:${BENCH_INSTANCE.LIGHTKEEPER_HTTP_PORT}`;
export const ENGINE = `unix://${BENCH_INSTANCE.LIGHTKEEPER_DATA_DIR}/run/docker.sock`;

export interface Site {
  name: string;
  state: string;
  address: string;
  token: string;
  git: { httpWithToken: string };
  ssh: { port: number; password: string };
}

export async function launch(): Promise<Site> {
  const response = await fetch(`${APP_URL}/api/sites`, { method: 'POST' });
  if (!response.ok) throw new Error(`launch answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Site;
}

export async function remove(site: Site): Promise<void> {
  await fetch(`${APP_URL}/api/sites/${site.name}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${site.token}` },
  });
}

/** Asks without rest until the answer is a 200 that contains the text. */
export async function untilServed(url: string, text = '', timeoutMs = 60_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const body = await body200(url);
    if (body?.includes(text)) return;
    if (performance.now() > deadline) throw new Error(`${url} did not serve "${text}"`);
    await sleep(2);
  }
}

/** How many sites wait for a click: the pool must be full again before the next one. */
export async function untilReady(count: number): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const { stdout } = await run('npm', ['run', '-s', 'doctor'], { env: BENCH_INSTANCE });
    if (Number(/(\d+) of them ready/.exec(stdout)?.[1] ?? 0) >= count) return;
    await sleep(200);
  }
  throw new Error('the pool of ready sites does not fill');
}

function body200(url: string): Promise<string | null> {
  const { host, hostname, port, pathname } = new URL(url);
  const address = hostname.endsWith('localhost') ? '127.0.0.1' : hostname;
  return new Promise((resolve) => {
    const request = http.get(
      { host: address, port, path: pathname, headers: { host }, agent: false, timeout: 5_000 },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (data) => {
          body += data;
        });
        response.on('end', () => resolve(response.statusCode === 200 ? body : null));
        response.on('error', () => resolve(null));
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}
