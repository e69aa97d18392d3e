// Asleep → first 200, beside the engine's own unpause and start of a twin: a container made of the same configuration, on
// the same disk, that the product does not know.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { APP_URL, ENGINE, launch, remove, type Site, untilServed } from './instance.ts';
import { compare, type Figure, timed } from './measure.ts';
import { targetOf } from './routes.ts';

const ROUNDS = 21;
const CROWD = 50;
/** The keeper and the loop over all sites have their say meanwhile. */
const SETTLE_MS = 400;

export async function benchWake(): Promise<Figure[]> {
  const site = await launch();
  try {
    await untilServed(site.address);
    const twin = await createTwin(site);
    try {
      return [
        await compare('frozen → 200', 'unpause until 200', ROUNDS, () => wake(site, 'frozen'), twin.unpause),
        await compare('stopped → 200', 'start until 200', ROUNDS, () => wake(site, 'stopped'), twin.start),
        await crowd(site, 'frozen', twin.unpause),
        await crowd(site, 'stopped', twin.start),
      ];
    } finally {
      await twin.remove();
    }
  } finally {
    await remove(site);
  }
}

/** Milliseconds of one request to a sleeping site. */
async function wake(site: Site, rest: 'frozen' | 'stopped'): Promise<number> {
  await putToSleep(site, rest);
  return timed(() => visit(site.address));
}

/** The slowest of many first requests at once; all must be answered by the site. */
async function crowd(site: Site, rest: 'frozen' | 'stopped', byHand: () => Promise<number>): Promise<Figure> {
  const slowest = async () => {
    await putToSleep(site, rest);
    const times = Array.from({ length: CROWD }, () => timed(() => visit(site.address)));
    return Math.max(...(await Promise.all(times)));
  };
  const name = `${rest} → ${CROWD} at once, slowest`;
  return compare(name, `one ${rest === 'frozen' ? 'unpause' : 'start'} until 200`, 5, slowest, byHand);
}

async function putToSleep(site: Site, rest: 'frozen' | 'stopped'): Promise<void> {
  const answer = await fetch(`${APP_URL}/api/sites/${site.name}/sleep`, {
    method: 'POST',
    headers: { authorization: `Bearer ${site.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ rest }),
  });
  if (answer.status !== 202) throw new Error(`sleep answered ${answer.status}: ${await answer.text()}`);
  const wanted = rest === 'frozen' ? 'paused' : 'exited';
  for (let attempt = 0; (await findContainer(site)).State.Status !== wanted; attempt += 1) {
    if (attempt === 500) throw new Error(`the site does not get ${wanted}`);
    await sleep(20);
  }
  await sleep(SETTLE_MS);
}

interface Twin {
  unpause(): Promise<number>;
  start(): Promise<number>;
  remove(): Promise<unknown>;
}

async function createTwin(site: Site): Promise<Twin> {
  const { Config, HostConfig, Name } = await findContainer(site);
  const port = (await targetOf(site)).split(':')[1] ?? '';
  const place = `/containers/${Name.slice(1)}-twin`;
  await engine('POST', `/containers/create?name=${Name.slice(1)}-twin`, { ...Config, HostConfig, Labels: {} });
  const address = async () => (await engine<Inspected>('GET', `${place}/json`)).NetworkSettings.IPAddress;
  const start = async () => {
    await engine('POST', `${place}/start`);
    const url = `http://${await address()}:${port}/`;
    await untilServed(url);
    return url;
  };
  let url = await start();
  return {
    async unpause() {
      await engine('POST', `${place}/pause`);
      await sleep(SETTLE_MS);
      return timed(async () => {
        await engine('POST', `${place}/unpause`);
        await untilServed(url);
      });
    },
    async start() {
      await engine('POST', `${place}/stop?t=5`);
      await sleep(SETTLE_MS);
      return timed(async () => {
        url = await start();
      });
    },
    remove: () => engine('DELETE', `${place}?force=true`),
  };
}

interface Inspected {
  Name: string;
  Config: Record<string, unknown>;
  HostConfig: Record<string, unknown>;
  State: { Status: string };
  NetworkSettings: { IPAddress: string };
}

async function findContainer(site: Site): Promise<Inspected> {
  for (const { Id } of await engine<{ Id: string }[]>('GET', '/containers/json?all=true')) {
    const found = await engine<Inspected>('GET', `/containers/${Id}/json`);
    if (found.Config.Hostname === site.name && !found.Name.endsWith('-twin')) return found;
  }
  throw new Error(`there is no container of ${site.name}`);
}

/** One call of the engine's API, without a client's own start. */
function engine<Answer>(method: string, place: string, body?: unknown): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return send({ socketPath: ENGINE.replace('unix://', ''), method, path: place, headers }, text).then((answer) => {
    if (answer.status >= 400) throw new Error(`${method} ${place} answered ${answer.status}: ${answer.body}`);
    return (answer.body === '' ? null : JSON.parse(answer.body)) as Answer;
  });
}

/** One request through the proxy. */
async function visit(url: string): Promise<void> {
  const { host, port } = new URL(url);
  const { status, body } = await send({ host: '127.0.0.1', port, path: '/', headers: { host } }, '');
  if (status !== 200) throw new Error(`${url} answered ${status}: ${body.slice(0, 200)}`);
}

function send(options: http.RequestOptions, text: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ ...options, agent: false, timeout: 70_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (data) => {
        body += data;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in 70 s')));
    request.on('error', reject);
    request.end(text);
  });
}
