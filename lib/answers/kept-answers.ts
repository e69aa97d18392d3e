// Answers to requests with an idempotency key, kept for a day. A request that is under way holds its key by a mark that its
// process puts off: when the process dies, the key is free a minute later.

import { createHash, randomUUID } from 'node:crypto';
import { seal, unseal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';

/** Past it, the key of a request that nobody answers any more is free. */
export const MARK_MS = 60_000;
export const KEPT_MS = 24 * 3_600_000;
/** The newest of one caller; the others are forgotten before their day is over. */
export const KEPT_OF_CALLER_MAX = 1_000;

export interface KeyedRequest {
  /** Who asks: the same words for the same person or token. */
  caller: string;
  key: string;
  method: string;
  path: string;
  body: Uint8Array;
}

export interface KeptAnswer {
  status: number;
  type: string;
  body: string;
}

export interface Attempt {
  id: string;
  attempt: string;
}

export type Begun =
  | { is: 'new'; attempt: Attempt }
  | { is: 'answered'; answer: KeptAnswer }
  | { is: 'under way' }
  | { is: 'another request' };

interface Deps {
  db: Db;
  /** The instance's. */
  secret: string;
}

/** Takes the key for this request, or tells what became of the request that has it. */
export async function beginAnswer({ db, secret }: Deps, asked: KeyedRequest): Promise<Begun> {
  const id = hash([asked.caller, asked.method, asked.path, asked.key].join('\n'));
  const request = hash(asked.body);
  const attempt = randomUUID();
  const taken = await db.$executeRaw`
    insert into "KeptAnswer" (id, caller, request, attempt, "expiresAt")
    values (${id}, ${asked.caller}, ${request}, ${attempt}::uuid, now() + ${MARK_MS} * interval '1 millisecond')
    on conflict (id) do update set request = excluded.request, attempt = excluded.attempt, status = null, sealed = null,
      "expiresAt" = excluded."expiresAt" where "KeptAnswer"."expiresAt" <= now()`;
  if (taken > 0) return { is: 'new', attempt: { id, attempt } };
  const row = await db.keptAnswer.findUnique({ where: { id } });
  if (row && row.request !== request) return { is: 'another request' };
  if (!row || row.status === null || row.sealed === null) return { is: 'under way' };
  const told = JSON.parse(unseal(secret, row.sealed)) as Omit<KeptAnswer, 'status'>;
  return { is: 'answered', answer: { status: row.status, ...told } };
}

/** Says that the request is still under way. */
export async function putOff(db: Db, { id, attempt }: Attempt): Promise<void> {
  await db.keptAnswer.updateMany({ where: { id, attempt }, data: { expiresAt: new Date(Date.now() + MARK_MS) } });
}

export async function keepAnswer({ db, secret }: Deps, { id, attempt }: Attempt, answer: KeptAnswer): Promise<void> {
  const { status, type, body } = answer;
  const sealed = seal(secret, JSON.stringify({ type, body }));
  const expiresAt = new Date(Date.now() + KEPT_MS);
  await db.keptAnswer.updateMany({ where: { id, attempt }, data: { status, sealed, expiresAt } });
}

/** The key is free again: nothing was done, or what was done cannot be told again. */
export async function dropAnswer(db: Db, { id, attempt }: Attempt): Promise<void> {
  await db.keptAnswer.deleteMany({ where: { id, attempt } });
}

/** Forgets the answers that are over, and of each caller all but the newest. */
export async function forgetAnswers(db: Db): Promise<void> {
  await db.$executeRaw`
    delete from "KeptAnswer" where "expiresAt" <= now() or id in (
      select id from (
        select id, row_number() over (partition by caller order by "expiresAt" desc) as place from "KeptAnswer"
      ) as ranked where place > ${KEPT_OF_CALLER_MAX})`;
}

function hash(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
