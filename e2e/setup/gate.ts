// Kills the deploy worker at one very statement, or one very call of the engine, of its work. A trigger lets that statement
// wait, a door before the engine that call; once it does, the worker is killed, and then the statement or call either never
// happened or did, as when a process dies just before or just after it.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { Client } from 'pg';
import { closeEngineGate } from './engine-gate.ts';
import { SETTINGS } from './host-state.ts';
import { killService } from './services.ts';

export type Moment = Statement | Call;

export interface Statement {
  /** Completes "the worker is killed …". */
  name: string;
  table: 'Site' | 'Deployment' | 'Lease';
  event: 'insert' | 'update' | 'delete';
  /** Of an update: the column that the statement names. */
  of?: string;
  /** A condition over the trigger's NEW and OLD. */
  when: string;
  /** Whether the statement had happened. A transaction that it is part of never ends. */
  done: boolean;
}

export interface Call {
  /** As of a statement. */
  name: string;
  /** What the worker asks the engine: method and path. */
  call: RegExp;
  /** Whether the engine had done it. */
  done: boolean;
}

const LOCK = 7_251_883;
const NAME = 'lightkeeper_test_gate';
const REACHED_MS_MAX = 30_000;

export interface Kill {
  /** Asserts, while something waits, that the worker is where it is meant to be. */
  proof: () => Promise<void>;
  /** Kills another one than the deploy worker, which then goes on. */
  kill: () => Promise<void>;
}

/** Begins the work, kills at the moment, and answers what `begin` did. Nothing is left in the database and before the engine. */
export async function killAt<T>(moment: Moment, begin: () => Promise<T>, options: Partial<Kill> = {}): Promise<T> {
  const how = { proof: async () => {}, kill: () => killService('deploy'), ...options };
  return 'call' in moment ? killAtCall(moment, begin, how) : killAtStatement(moment, begin, how);
}

async function killAtStatement<T>(moment: Statement, begin: () => Promise<T>, { proof, kill }: Kill): Promise<T> {
  const client = await connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(triggerOf(moment));
    const begun = await begin();
    await untilReached(moment, async () => (await waiting(client)).length, proof);
    await kill();
    if (!moment.done) await endWaiting(client);
    return begun;
  } finally {
    await client.query('select pg_advisory_unlock($1)', [LOCK]);
    await client.query(`drop function if exists ${NAME}() cascade`);
    await client.end();
  }
}

async function killAtCall<T>(moment: Call, begin: () => Promise<T>, { proof, kill }: Kill): Promise<T> {
  const gate = await closeEngineGate(moment.call, moment.done);
  try {
    const begun = await begin();
    await untilReached(moment, async () => gate.held().length, proof);
    await kill();
    return begun;
  } finally {
    await gate.open();
  }
}

async function untilReached(
  { name }: Moment,
  countWaiting: () => Promise<number>,
  proof: () => Promise<void>,
): Promise<void> {
  const look = async () => {
    expect(await countWaiting(), `the worker gets to the moment ${name}`).toBeGreaterThan(0);
    await proof();
  };
  await expect(look).toPass({ timeout: REACHED_MS_MAX, intervals: [10] });
}

async function connect(): Promise<Client> {
  const connectionString = (await readFile(path.join(SETTINGS.dataDir, 'env/DATABASE_URL'), 'utf8')).trim();
  const client = new Client({ connectionString });
  await client.connect();
  return client;
}

/** A statement that is to have happened waits behind its row, one that is not before it. */
function triggerOf({ table, event, of, when, done }: Statement): string {
  return `
    create or replace function ${NAME}() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(${LOCK});
      if tg_op = 'DELETE' then return old; end if;
      return new;
    end $$;
    create trigger ${NAME} ${done ? 'after' : 'before'} ${event}${of ? ` of "${of}"` : ''} on "${table}"
      for each row when (${when}) execute function ${NAME}();`;
}

async function waiting(client: Client): Promise<number[]> {
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_locks where locktype = 'advisory' and not granted and objid = $1`,
    [LOCK],
  );
  return rows.map(({ pid }) => pid);
}

async function endWaiting(client: Client): Promise<void> {
  for (const pid of await waiting(client)) await client.query('select pg_terminate_backend($1)', [pid]);
  await expect.poll(() => waiting(client), { intervals: [10] }).toEqual([]);
}
