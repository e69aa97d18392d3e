// An account as its page shows it, and what its owner changes about it.

import { audit, type Who } from '../audit/audit.ts';
import type { SessionClaim } from '../auth/session.ts';
import type { Db } from '../db/client.ts';
import type { User } from '../db/generated/client.ts';
import type { Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { addressOf, badSignIn, lockEmail } from './enter.ts';
import { addLink } from './links.ts';
import { hashPassword, isPassword } from './password.ts';
import { judgePassword } from './password-rules.ts';
import { endOtherSessions, listSessions, type SessionView } from './sessions.ts';

/** After a link or GitHub a new password needs no old one for so long: that is the way back of who forgot it. */
const PROVEN_MS = 15 * 60_000;

export interface AccountDeps {
  db: Db;
  settings: Settings;
}

/** Who is signed in, and in which session; null: a cookie from before sessions had rows. */
export interface Holder {
  user: User;
  sessionId: string | null;
  who: Who;
}

export interface AccountView {
  /** The address that signs in, or the one that waits for its link. */
  email: string;
  isVerified: boolean;
  /** Asked for, and its link not opened yet. */
  pendingEmail: string | null;
  role: User['role'];
  hasPassword: boolean;
  passwordSetAt: string | null;
  /** A new password needs the old one. */
  needsPassword: boolean;
  createdAt: string;
  sendsMail: boolean;
  sessions: SessionView[];
}

export async function viewAccount({ db, settings }: AccountDeps, holder: Holder): Promise<AccountView> {
  const { user, sessionId } = holder;
  return {
    email: addressOf(user),
    isVerified: user.emailVerifiedAt !== null,
    pendingEmail: user.pendingEmail,
    role: user.role,
    hasPassword: user.passwordHash !== null,
    passwordSetAt: user.passwordSetAt?.toISOString() ?? null,
    needsPassword: await needsPassword(db, holder),
    createdAt: user.createdAt.toISOString(),
    sendsMail: settings.mailFrom !== null,
    sessions: await listSessions(db, user.id, sessionId),
  };
}

/** Ends all other sessions. Answers what this one's cookie claims from now on. Throws `bad-password`, `bad-sign-in`. */
export async function changePassword(
  { db }: AccountDeps,
  holder: Holder,
  { current, password }: { current: string; password: string },
): Promise<SessionClaim> {
  const { user, sessionId, who } = holder;
  judgePassword(password, addressOf(user));
  await requireProof(db, holder, current);
  const passwordHash = await hashPassword(password);
  return db.$transaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { passwordHash, passwordSetAt: new Date() } });
    await audit(tx, { ...who, action: 'account.password', subject: addressOf(user) });
    const kept = sessionId ?? '00000000-0000-0000-0000-000000000000';
    return endOtherSessions(tx, user.id, kept);
  });
}

/**
 * Another address: with mail it waits for its link, as before; without, it counts at once and unproven. The same again is
 * another link. Throws `bad-sign-in`, `bad-email`.
 */
export async function changeEmail(
  { db, settings }: AccountDeps,
  holder: Holder,
  { email, current }: { email: string; current: string },
): Promise<void> {
  const { user, who } = holder;
  if (email === user.email && user.emailVerifiedAt !== null) return;
  if (email !== user.pendingEmail && email !== user.email) await requireProof(db, holder, current);
  await db.$transaction(async (tx) => {
    await lockEmail(tx, email);
    if (settings.mailFrom !== null) {
      await tx.user.update({ where: { id: user.id }, data: { pendingEmail: email } });
      await addLink(tx, settings, { purpose: 'confirm', email, userId: user.id });
      return;
    }
    if (await tx.user.findFirst({ where: { email, id: { not: user.id } } })) throw addressRefused();
    await tx.user.update({ where: { id: user.id }, data: { email, emailVerifiedAt: null, pendingEmail: null } });
    await audit(tx, {
      ...who,
      action: 'account.email',
      subject: email,
      before: { email: user.email },
      after: { email },
    });
  });
}

async function needsPassword(db: Db, { user, sessionId }: Holder): Promise<boolean> {
  if (user.passwordHash === null) return false;
  const session = sessionId === null ? null : await db.session.findUnique({ where: { id: sessionId } });
  return (session?.provenAt?.getTime() ?? 0) < Date.now() - PROVEN_MS;
}

/** A browser that was left open is not enough for what takes an account over. */
async function requireProof(db: Db, holder: Holder, current: string): Promise<void> {
  if (!(await needsPassword(db, holder))) return;
  if (await isPassword(holder.user.passwordHash, current)) return;
  throw new AppError('bad-sign-in', {
    message: 'That is not your password.',
    hint: 'Forgotten? Sign out, have a link mailed to you, and set a new one here.',
  });
}

function addressRefused(): AppError {
  return new AppError('bad-email', { message: badSignIn().message, hint: 'Choose another address.' });
}
