// Waiting for a process to answer: a question asked again until a deadline, and then what to look at.

import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Settings } from '#lib/env.ts';
import { AppError } from '#lib/errors/app-error.ts';
import { createLog } from '#lib/log.ts';
import { openEngine } from '../machine.ts';

const ASK_MS = 100;
const SITES_MS = 120_000;

export async function untilDatabase(url: string): Promise<void> {
  await until('PostgreSQL', 60_000, () => asksDatabase(url, 'select 1').then(Boolean));
}

export async function untilEngine(settings: Settings): Promise<void> {
  await until('The container engine', 60_000, () => engineAnswers(settings));
}

/** Pages, git over HTTP and SSH: whoever reads the address may use each at once. */
export async function untilOpen(settings: Settings): Promise<void> {
  await Promise.all([
    until('The web app', 60_000, () => webAnswers(settings)),
    until('Git over HTTP', 60_000, () => gitAnswers(settings)),
    until('SSH', 60_000, () => sshAnswers(settings)),
  ]);
}

/**
 * Waits until every site that is to be live runs, and with a pool of ready sites at least one is: it is what makes the
 * first click quick. Sites that do not come back in time are the workers' to go on with; that none is ready is a failure.
 */
export async function untilSites(settings: Settings, url: string, detail: (line: string) => void): Promise<void> {
  const engine = openEngine(settings, createLog('up'));
  const deadline = Date.now() + SITES_MS;
  const isDone = async () => {
    const sql = `select id, state::text, address, problem, "launchSteps" from "Site" where state <> 'deleting' and rest = 'awake' and "heldBy" is null`;
    const sites = (await asksDatabase(url, sql)) ?? [];
    const live = sites.filter(({ state }) => state === 'live');
    if (live.length === 0 && settings.readySites > 0) {
      const [site] = sites;
      detail(site?.problem || site?.launchSteps?.at(-1) || 'waiting for a worker');
      return false;
    }
    const running = new Map((await engine.list()).map((container) => [container.siteId, container]));
    const back = live.filter(({ id = '', address }) => running.get(id)?.address === address);
    detail(`${back.length} of ${live.length} run`);
    return back.length === live.length || Date.now() > deadline;
  };
  await until('The first site', 2 * SITES_MS, isDone);
}

export async function engineAnswers(settings: Settings): Promise<boolean> {
  const host = new URL(settings.dockerHost ?? `unix://${settings.paths.engineSocket}`);
  const tcp = { host: host.hostname, port: Number(host.port) || 2375 };
  const where = host.protocol === 'unix:' ? { socketPath: host.pathname } : tcp;
  return (await get({ ...where, path: '/_ping' })) === 200;
}

export async function webAnswers(settings: Settings): Promise<boolean> {
  return (await askProxy(settings, '/healthz')) === 200;
}

/** Nobody may read a repository without a token: 401 is the answer of a server that is well. */
export async function gitAnswers(settings: Settings): Promise<boolean> {
  return (await askProxy(settings, '/none.git/info/refs?service=git-upload-pack')) === 401;
}

/** Through the proxy, as visitors come. */
function askProxy(settings: Settings, path: string): Promise<number | null> {
  const host = new URL(settings.appUrl).host;
  return get({ host: dialable(settings), port: settings.httpPort, path, headers: { host } });
}

/** The first words of the protocol (RFC 4253, 4.2). */
export function sshAnswers(settings: Settings): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: dialable(settings), port: settings.sshGatewayPort, timeout: 3_000 });
    socket.once('data', (data) => {
      resolve(data.toString('latin1').startsWith('SSH-2.0-'));
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {}); // Refused: closed says so.
    socket.on('close', () => resolve(false));
  });
}

function dialable(settings: Settings): string {
  return settings.bind === '0.0.0.0' ? '127.0.0.1' : settings.bind;
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
