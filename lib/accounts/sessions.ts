// The browsers in which somebody is signed in: a row each, which the cookie names. A session ends with its row, and all
// of a user's end when his session version moves.

import { audit, type Who } from '../audit/audit.ts';
import { SESSION_SECONDS, type SessionClaim } from '../auth/session.ts';
import type { Db, Transaction } from '../db/client.ts';
import { AppError } from '../errors/app-error.ts';
import { agentWords } from './agent-words.ts';
import type { Caller } from './caller.ts';

/** Of one user; the oldest ends when there is one more. */
export const SESSIONS_MAX = 30;

export interface SessionView {
  id: string;
  agent: string;
  address: string;
  createdAt: string;
  lastSeenAt: string;
  /** The one that asks. */
  isThis: boolean;
}

/** Begins a session in place of the browser's last one; answers what its cookie has to claim. */
export async function openSession(
  tx: Db | Transaction,
  userId: string,
  { address, userAgent, sessionId: before }: Caller,
  isProven = false,
): Promise<SessionClaim> {
  const { sessionVersion: version } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
  const data = { userId, address, agent: agentWords(userAgent), provenAt: isProven ? new Date() : null };
  if (before !== null) await tx.session.deleteMany({ where: { id: before } });
  const { id: sessionId } = await tx.session.create({ data });
  await tx.$executeRaw`
    delete from "Session" where id in (
      select id from "Session" where "userId" = ${userId}::uuid order by "createdAt" desc, id desc offset ${SESSIONS_MAX})`;
  return { userId, version, sessionId };
}

/** The newest first, this one before all. */
export async function listSessions(db: Db, userId: string, thisId: string | null): Promise<SessionView[]> {
  const rows = await db.session.findMany({ where: { userId }, orderBy: { lastSeenAt: 'desc' } });
  const views = rows.map(({ id, agent, address, createdAt, lastSeenAt }) => ({
    ...{ id, agent, address, isThis: id === thisId },
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
  }));
  return views.sort((a, b) => Number(b.isThis) - Number(a.isThis));
}

/** Ends one session of the user. Throws `not-found`, also for somebody else's. */
export async function endSession(db: Db, userId: string, id: string): Promise<void> {
  const { count } = await db.session.deleteMany({ where: { id, userId } });
  if (count > 0) return;
  throw new AppError('not-found', { message: 'There is no such session.', hint: 'Load the page again.' });
}

/** Ends all others of the user; answers what this one's cookie has to claim from now on. */
export async function endOtherSessions(tx: Transaction, userId: string, sessionId: string): Promise<SessionClaim> {
  await tx.session.deleteMany({ where: { userId, id: { not: sessionId } } });
  const data = { sessionVersion: { increment: 1 } };
  const { sessionVersion: version } = await tx.user.update({ where: { id: userId }, data });
  return { userId, version, sessionId };
}

/** Ends every session of the user, also those whose cookie names no row. */
export async function endAllSessions(tx: Transaction, userId: string): Promise<void> {
  await tx.session.deleteMany({ where: { userId } });
  await tx.user.update({ where: { id: userId }, data: { sessionVersion: { increment: 1 } } });
}

/** "Sign out everywhere": this browser too. */
export async function signOutEverywhere(db: Db, who: Who, user: { id: string; email: string }): Promise<void> {
  await db.$transaction(async (tx) => {
    await endAllSessions(tx, user.id);
    await audit(tx, { ...who, action: 'account.sign-out-everywhere', subject: user.email });
  });
}

/** Those whose cookie is too old to count. */
export async function pruneSessions(db: Db): Promise<void> {
  const before = new Date(Date.now() - SESSION_SECONDS * 1000);
  await db.session.deleteMany({ where: { createdAt: { lt: before } } });
}
