// The product's proxy with one, a thousand and five thousand sites, beside a bare HAProxy with one fixed server: requests a
// second, and how soon another route is in effect. A HAProxy of its own with the product's configuration, since an
// instance would take routes without a site away. All lead to the same tiny server.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderProxyConfig } from '#lib/proxy/config.ts';
import { createHaproxy, type Haproxy } from '#lib/proxy/haproxy.ts';
import { renderMap } from '#lib/proxy/map.ts';
import { AWAY, type Target } from '#lib/proxy/proxy.ts';
import { run } from '../setup/programs.ts';
import { untilServed } from './instance.ts';
import { type Figure, figureOf, summarize, timed } from './measure.ts';

const SITES = [1, 1_000, 5_000];
const ROUNDS = 3;
const CONNECTIONS = 64;
const ROUTE_CHANGES = 21;
const PORTS = { server: 17_100, other: 17_101, bare: 17_102, proxy: 17_110 };
const RAW_IS = 'a bare HAProxy, one server';
const APP = 'bench.localhost';

export async function benchProxy(): Promise<Figure[]> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'lightkeeper-bench-proxy-'));
  const started: ChildProcess[] = [];
  const start = async (name: string, config: string) => {
    await writeFile(path.join(dir, name), config);
    started.push(spawn('haproxy', ['-db', '-q', '-f', path.join(dir, name)], { stdio: 'ignore' }));
  };
  // Requests are told to the keeper: here to nobody, as when it reads slowly.
  const keeper = net.createServer((socket) => socket.resume());
  try {
    await once(keeper.listen(path.join(dir, 'requests.sock')), 'listening');
    await start('server.cfg', answering());
    await start('bare.cfg', bare());
    const proxies: Proxied[] = [];
    for (const [index, sites] of SITES.entries()) {
      const port = PORTS.proxy + index;
      const home = path.join(dir, String(sites));
      await start(`${sites}.cfg`, await product(home, port, sites, path.join(dir, 'requests.sock')));
      const haproxy = createHaproxy({
        socketPath: path.join(home, 'admin.sock'),
        mapFile: path.join(home, 'routes.map'),
      });
      proxies.push({ sites, port, haproxy });
    }
    await untilServed(`http://127.0.0.1:${PORTS.bare}/`);
    for (const { port, sites } of proxies) await untilServed(`http://${hostOf(sites - 1)}:${port}/`);
    return [...(await rates(proxies)), await routeChange(proxies.at(-1) as Proxied)];
  } finally {
    for (const child of started) child.kill('SIGKILL');
    keeper.close();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Proxied {
  sites: number;
  port: number;
  haproxy: Haproxy;
}

async function rates(proxies: Proxied[]): Promise<Figure[]> {
  const raw: Load[] = [];
  const ours = new Map<Proxied, Load[]>(proxies.map((proxied) => [proxied, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    raw.push(await load(PORTS.bare, APP));
    for (const [proxied, loads] of ours) loads.push(await load(proxied.port, hostOf(proxied.sites - 1)));
  }
  const of = (loads: Load[], key: keyof Load) => summarize(loads.map((one) => one[key]));
  return [...ours].flatMap(([{ sites }, loads]) => {
    const name = `proxy with ${sites.toLocaleString('en-US')} ${sites === 1 ? 'site' : 'sites'}`;
    return [
      figureOf(name, 'requests/s', of(loads, 'rate'), RAW_IS, of(raw, 'rate')),
      figureOf(`… p99`, 'ms', of(loads, 'p99'), RAW_IS, of(raw, 'p99')),
    ];
  });
}

interface Load {
  rate: number;
  p99: number;
}

async function load(port: number, host: string): Promise<Load> {
  const words = ['-t1', `-c${CONNECTIONS}`, '-d5s', '--latency', '-H', `Host: ${host}`, `http://127.0.0.1:${port}/`];
  const { stdout } = await run('wrk', words);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  const [, number, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  const scale = unit === 's' ? 1000 : unit === 'ms' ? 1 : 0.001;
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]), p99: Number(number) * scale };
}

/** To and fro between two servers: from the wish to the first answer of the other one. */
async function routeChange({ sites, port, haproxy }: Proxied): Promise<Figure> {
  const host = hostOf(0);
  const desired = new Map(Array.from({ length: sites }, (_, index) => [hostOf(index), SERVER] as [string, Target]));
  await haproxy.sync(desired, async () => null);
  const times: number[] = [];
  const raw: number[] = [];
  for (let change = 0; change < ROUTE_CHANGES; change += 1) {
    const isOther = change % 2 === 0;
    const target = isOther ? OTHER : SERVER;
    raw.push(await timed(() => untilServed(`http://${host}:${port}/`)));
    times.push(
      await timed(async () => {
        await haproxy.setRoute(host, target);
        await untilServed(`http://${host}:${port}/`, isOther ? 'other' : 'server');
      }),
    );
    await haproxy.setRoute(host, AWAY);
    await sleep(20);
    await haproxy.setRoute(host, target);
  }
  const name = `route change with ${sites.toLocaleString('en-US')} sites → in effect`;
  return figureOf(name, 'ms', summarize(times), 'a request', summarize(raw));
}

const SERVER: Target = { address: '127.0.0.1', port: PORTS.server };
const OTHER: Target = { address: '127.0.0.1', port: PORTS.other };

function hostOf(index: number): string {
  return `site-${index}.localhost`;
}

const DEFAULTS = 'defaults\n  mode http\n  timeout client 60s\n  timeout server 60s\n  timeout connect 1s\n';

/** Two servers that are quicker than what is measured. */
function answering(): string {
  const one = (name: string, port: number) =>
    `frontend ${name}\n  bind 127.0.0.1:${port}\n  http-request return status 200 content-type text/plain string ${name}\n`;
  return `${DEFAULTS}${one('server', PORTS.server)}${one('other', PORTS.other)}`;
}

function bare(): string {
  const front = `frontend web\n  bind 127.0.0.1:${PORTS.bare}\n  default_backend only\n`;
  return `global\n  maxconn 8000\n${DEFAULTS}${front}backend only\n  server one 127.0.0.1:${PORTS.server}\n`;
}

/** The product's own configuration and pages, with a map of so many sites. */
async function product(home: string, port: number, sites: number, requestsSocket: string): Promise<string> {
  const at = (name: string) => path.join(home, name);
  await mkdir(at('pages'), { recursive: true });
  for (const page of ['unavailable', 'not-found', 'held', 'did-not-wake', 'over-limit'])
    await writeFile(at(`pages/${page}.html`), page);
  const routes = Array.from({ length: sites }, (_, index) => [hostOf(index), SERVER] as [string, Target]);
  await writeFile(at('routes.map'), renderMap(new Map(routes)));
  for (const map of ['moved', 'domains', 'secure', 'challenges']) await writeFile(at(`${map}.map`), '');
  return renderProxyConfig({
    binds: [`127.0.0.1:${port}`],
    appHosts: [APP],
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
    requestsSocket,
    appUrl: `http://${APP}`,
    pagesDir: at('pages'),
    user: null,
  });
}
