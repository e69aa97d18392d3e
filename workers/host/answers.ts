// Waiting for a process to answer: a question asked again until a deadline, and then what to look at.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';

const ASK_MS = 100;

export async function untilDatabase(url: string): Promise<void> {
  await until('PostgreSQL', 60_000, () => asksDatabase(url, 'select 1').then(Boolean));
}

export async function untilEngine(settings: Settings): Promise<void> {
  await until('The container engine', 60_000, () => engineAnswers(settings));
}

export async function untilWeb(settings: Settings): Promise<void> {
  await until('The web app', 60_000, () => webAnswers(settings));
}

/** With a pool of ready sites, the first of them is what makes the first click quick. */
export async function untilReadySite(settings: Settings, url: string, detail: (line: string) => void): Promise<void> {
  if (settings.readySites === 0) return;
  await until('The first site', 180_000, async () => {
    const sql = `select state::text, problem, "launchSteps" from "Site" where state <> 'deleting' order by state = 'live' desc limit 1`;
    const [site] = (await asksDatabase(url, sql)) ?? [];
    if (site) detail(site.problem || site.launchSteps?.at(-1) || 'waiting for a worker');
    return site?.state === 'live';
  });
}

export async function engineAnswers(settings: Settings): Promise<boolean> {
  const host = new URL(settings.dockerHost ?? `unix://${settings.paths.engineSocket}`);
  const tcp = { host: host.hostname, port: Number(host.port) || 2375 };
  const where = host.protocol === 'unix:' ? { socketPath: host.pathname } : tcp;
  return (await get({ ...where, path: '/_ping' })) === 200;
}

/** Through the proxy, as visitors come. */
export async function webAnswers(settings: Settings): Promise<boolean> {
  const host = new URL(settings.appUrl).host;
  const address = settings.bind === '0.0.0.0' ? '127.0.0.1' : settings.bind;
  return (await get({ host: address, port: settings.httpPort, path: '/healthz', headers: { host } })) === 200;
}

/** The rows, or null when the database does not answer. */
export async function asksDatabase(url: string, sql: string): Promise<Record<string, string & string[]>[] | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } catch {
    return null; // Not there yet: that is the answer.
  } finally {
    await client.end().catch(() => {});
  }
}

function get(options: http.RequestOptions): Promise<number | null> {
  return new Promise((resolve) => {
    const request = http.get({ ...options, timeout: 3_000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
  });
}

async function until(what: string, timeoutMs: number, answers: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await answers())) {
    if (Date.now() > deadline) {
      throw new AppError('setup-failed', {
        message: `${what} did not answer within ${timeoutMs / 1000} seconds.`,
        hint: 'Run `npm run doctor`; the log of each process is in the log folder of the data directory.',
      });
    }
    await sleep(ASK_MS);
  }
}
