// One answer for one request, however often it is sent: with an Idempotency-Key, a POST of somebody who is known is done
// once, and told again for a day. Strangers have no keys here, and a body is read for those alone who see the site.

import { type Attempt, beginAnswer, dropAnswer, keepAnswer, MARK_MS, putOff } from '../answers/kept-answers.ts';
import { requireSecret } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { EDIT_BYTES_MAX } from '../git/changes.ts';
import { readBody } from './body.ts';
import { identityOf, tokenHash } from './caller.ts';
import type { Call } from './handle.ts';
import { IDEMPOTENCY_HEADER, parseIdempotencyKey } from './idempotency-key.ts';
import { requireSiteOf } from './site-of.ts';

const ANSWER_CHARACTERS_MAX = 64 * 1024;
/** Refusals that may be others when who asks, or when, is another. */
const PASSING = new Set([401, 403, 404, 429]);

type Work<Params> = (call: Call<Params>) => Promise<Response>;

/** Throws `bad-request` for a key that is none, `key-reused`, and `request-under-way`. `work` answers and never throws. */
export async function answerOnce<Params>(call: Call<Params>, work: Work<Params>): Promise<Response> {
  const { request, db } = call;
  const key = parseIdempotencyKey(request.headers.get(IDEMPOTENCY_HEADER));
  const caller = key === null ? null : await callerOf(call);
  if (key === null || caller === null) return work(call);
  const deps = { db, secret: requireSecret(call.settings) };
  const body = new Uint8Array(await readBody(request, EDIT_BYTES_MAX));
  const path = new URL(request.url).pathname;
  const begun = await beginAnswer(deps, { caller, key, method: request.method, path, body });
  if (begun.is === 'under way') throw underWay();
  if (begun.is === 'another request') throw reused();
  if (begun.is === 'answered') return tellAgain(begun.answer);
  const { method, headers, signal } = request;
  const again = new Request(request.url, { method, headers, signal, body });
  return keep(call, begun.attempt, await whileMarked(call, begun.attempt, () => work({ ...call, request: again })));
}

/** Null: nobody who can have a key. To who does not see the site there is nothing to repeat. */
async function callerOf(call: Call<unknown>): Promise<string | null> {
  const { viewer, request } = call;
  const { name } = (call.params ?? {}) as { name?: string }; // A route without parameters is given none at all.
  if (name !== undefined && !(await seesSite(call, name))) return null;
  const identity = identityOf(viewer, request.headers);
  if (identity !== null || name === undefined || viewer.token === null) return identity;
  return `site token ${tokenHash(request.headers)}`;
}

async function seesSite(call: Call<unknown>, name: string): Promise<boolean> {
  try {
    await requireSiteOf(call, name, 'view');
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

async function whileMarked(
  { db, log }: Call<unknown>,
  attempt: Attempt,
  work: () => Promise<Response>,
): Promise<Response> {
  const marking = setInterval(() => {
    putOff(db, attempt).catch((error: unknown) => log.warn({ cause: String(error) }, 'a key could not be held'));
  }, MARK_MS / 3);
  try {
    return await work();
  } finally {
    clearInterval(marking);
  }
}

/** A failure to keep it costs the caller nothing but the second answer. */
async function keep(call: Call<unknown>, attempt: Attempt, answer: Response): Promise<Response> {
  const deps = { db: call.db, secret: requireSecret(call.settings) };
  try {
    if (!isKept(answer)) {
      await dropAnswer(call.db, attempt);
      return answer;
    }
    const body = await answer.clone().text();
    const type = answer.headers.get('content-type') ?? 'application/json';
    if (body.length > ANSWER_CHARACTERS_MAX) await dropAnswer(call.db, attempt);
    else await keepAnswer(deps, attempt, { status: answer.status, type, body });
  } catch (error) {
    call.log.warn({ cause: String(error) }, 'an answer could not be kept');
  }
  return answer;
}

/** What is whole and would be the same; never a session, and nothing that streams. */
function isKept({ status, headers }: Response): boolean {
  if (status >= 500 || PASSING.has(status) || headers.has('retry-after') || headers.has('set-cookie')) return false;
  return (headers.get('content-type') ?? '').startsWith('application/json');
}

function tellAgain({ status, type, body }: { status: number; type: string; body: string }): Response {
  const headers = { 'content-type': type, 'cache-control': 'no-store', 'idempotent-replayed': 'true' };
  return new Response(body, { status, headers });
}

function underWay(): AppError {
  return new AppError('request-under-way', {
    message: 'The request with this Idempotency-Key is still being answered.',
    hint: 'Send it again in a few seconds, with the same key.',
    details: { retryAfterSeconds: 3 },
  });
}

function reused(): AppError {
  return new AppError('key-reused', {
    message: 'This Idempotency-Key was sent before with another body.',
    hint: 'Send what you sent then, or use a new key for a new request.',
  });
}
