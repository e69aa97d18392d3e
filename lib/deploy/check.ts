// Is the new process well? Asks it for / until it answers, with any status below 500, or until it is certain that it will
// not. The pauses start small, because the time from push to live ends here.

import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Death } from './release.ts';

export interface CheckRequest {
  address: string;
  port: number;
  /** The Host header: the site's own name. */
  host: string;
  msMax: number;
  died: Promise<Death>;
  ended: Promise<number>;
  signal: AbortSignal;
}

export type CheckResult =
  | { kind: 'healthy'; status: number; tookMs: number }
  | { kind: 'died'; death: Death }
  | { kind: 'lost' }
  /** Answers, but only with errors of the server. */
  | { kind: 'error-status'; status: number; tookMs: number }
  | { kind: 'silent'; fault: string; tookMs: number };

type Answer = { status: number } | { fault: string };

const PAUSE_MS_MIN = 10;
const PAUSE_MS_MAX = 250;
const ATTEMPT_MS_MAX = 10_000;
/** A server error may be a start that is not over. 503 says so itself and gets the whole time. */
const ERROR_MS_MAX = 3_000;

/** Throws only what the signal was aborted with. */
export async function checkHttp(request: CheckRequest): Promise<CheckResult> {
  const over = new AbortController();
  const signal = AbortSignal.any([request.signal, over.signal]);
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(request.signal.reason);
  aborted.promise.catch(() => {});
  if (request.signal.aborted) onAbort();
  request.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([
      askUntilWell(request, signal),
      request.died.then((death): CheckResult => ({ kind: 'died', death })),
      request.ended.then((): CheckResult => ({ kind: 'lost' })),
      aborted.promise,
    ]);
  } finally {
    over.abort();
    request.signal.removeEventListener('abort', onAbort);
  }
}

async function askUntilWell(request: CheckRequest, signal: AbortSignal): Promise<CheckResult> {
  const startedAt = performance.now();
  const tookMs = () => performance.now() - startedAt;
  let fault = 'nothing listens';
  let error = null as { status: number; sinceMs: number } | null;
  for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(pauseMs * 1.5, PAUSE_MS_MAX)) {
    const answer = await ask(request, Math.min(ATTEMPT_MS_MAX, Math.max(request.msMax - tookMs(), 1)), signal);
    if ('status' in answer) {
      if (answer.status < 500) return { kind: 'healthy', status: answer.status, tookMs: tookMs() };
      error = { status: answer.status, sinceMs: error?.sinceMs ?? tookMs() };
      const patienceMs = answer.status === 503 ? request.msMax : ERROR_MS_MAX;
      if (tookMs() - error.sinceMs >= patienceMs)
        return { kind: 'error-status', status: error.status, tookMs: tookMs() };
    } else {
      fault = answer.fault;
    }
    if (tookMs() >= request.msMax) {
      if (error) return { kind: 'error-status', status: error.status, tookMs: tookMs() };
      return { kind: 'silent', fault, tookMs: tookMs() };
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {}); // Ended early: the caller has its result.
    if (signal.aborted) return { kind: 'silent', fault, tookMs: tookMs() };
  }
}

/** One request; never throws. A redirect is an answer and is not followed. */
function ask({ address, port, host }: CheckRequest, timeoutMs: number, signal: AbortSignal): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const request = http.get({
    host: address,
    port,
    path: '/',
    headers: { host, 'user-agent': 'Lightkeeper-Check', connection: 'close' },
    agent: false,
    signal,
    timeout: timeoutMs,
  });
  const deadline = setTimeout(() => request.destroy(new Error('timeout')), timeoutMs);
  request.on('timeout', () => request.destroy(new Error('timeout')));
  request.on('response', (response) => {
    resolve({ status: response.statusCode ?? 0 });
    response.destroy();
  });
  request.on('error', (error: NodeJS.ErrnoException) => resolve({ fault: describeFault(error) }));
  request.on('close', () => {
    clearTimeout(deadline);
    resolve({ fault: 'the connection was closed without an answer' });
  });
  return promise;
}

function describeFault(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'nothing listens';
  if (error.code === 'ECONNRESET') return 'the connection was closed without an answer';
  if (error.code?.startsWith('HPE_')) return 'what answers does not speak http';
  if (error.message === 'timeout') return 'the connection is taken, but no answer comes';
  return error.code ?? 'no answer';
}
