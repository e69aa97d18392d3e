// Mutual exclusion across processes: a row with an expiry. The holder renews it while it works, so that a killed holder
// blocks nobody for longer than LEASE_MS. (Prisma's pool pins no connection, so PostgreSQL's session locks do not fit.)

import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db/client.ts';

export const LEASE_MS = 10_000;

/** Takes the lease, or answers false when somebody else holds it. */
export async function takeLease(db: Db, name: string, holder: string): Promise<boolean> {
  const taken = await db.$executeRaw`
    insert into "Lease" (name, holder, "expiresAt") values (${name}, ${holder}, now() + ${LEASE_MS} * interval '1 millisecond')
    on conflict (name) do update set holder = excluded.holder, "expiresAt" = excluded."expiresAt"
    where "Lease"."expiresAt" < now() or "Lease".holder = excluded.holder`;
  return taken === 1;
}

/** False when it is no longer held. It takes nothing, so a renewal that the giving back has overtaken does no harm. */
export async function renewLease(db: Db, name: string, holder: string): Promise<boolean> {
  const renewed = await db.$executeRaw`
    update "Lease" set "expiresAt" = now() + ${LEASE_MS} * interval '1 millisecond' where name = ${name} and holder = ${holder}`;
  return renewed === 1;
}

export async function releaseLease(db: Db, name: string, holder: string): Promise<void> {
  await db.$executeRaw`delete from "Lease" where name = ${name} and holder = ${holder}`;
}

/**
 * Runs the work alone. Waits up to `waitMs` for the lease and answers null when it stayed taken. `holder` must be unique
 * to this piece of work. `work` gets a signal that aborts if the lease was lost, so that it stops before harm.
 */
export async function withLease<T>(
  db: Db,
  name: string,
  holder: string,
  waitMs: number,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<{ result: T } | null> {
  const deadline = Date.now() + waitMs;
  while (!(await takeLease(db, name, holder))) {
    if (Date.now() >= deadline) return null;
    await sleep(50);
  }
  return { result: await whileLeased(db, name, holder, work) };
}

/**
 * For the start of a process that is the only one of its kind on the machine: what the one before it held, whose end gave
 * nothing back, under names that begin so.
 */
export async function freeLeases(db: Db, names: string, kind: string): Promise<void> {
  await db.$executeRaw`
    delete from "Lease" where starts_with(name, ${names}) and holder ~ ${`(^|:)${kind}-[0-9]+-`}`;
}

/** The part of `withLease` that follows the taking: for who has taken the lease by a statement of its own. */
export async function whileLeased<T>(
  db: Db,
  name: string,
  holder: string,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const renewal = setInterval(() => {
    renewLease(db, name, holder).then(
      (held) => held || lost.abort(new Error(`lost the lease ${name}`)),
      () => {},
    );
  }, LEASE_MS / 4);
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(renewal);
    await releaseLease(db, name, holder).catch(() => {});
  }
}
