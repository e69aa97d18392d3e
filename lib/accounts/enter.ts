// The ways into an account: an address with its password, and an address that was proven by a link or by GitHub. A guest
// who comes in keeps what he launched. Nobody is told whether an address has an account.

import { audit, type Who } from '../audit/audit.ts';
import type { SessionClaim } from '../auth/session.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { User } from '../db/generated/client.ts';
import type { Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import type { Viewer } from '../sites/access.ts';
import { lockUser } from '../users/totals.ts';
import type { Caller } from './caller.ts';
import { becomeMember, mergeInto } from './claim.ts';
import { addLink } from './links.ts';
import { hashPassword, isPassword } from './password.ts';
import { judgePassword } from './password-rules.ts';
import { endAllSessions, openSession } from './sessions.ts';
import { dropWaysIn } from './ways-in.ts';

export interface EnterDeps {
  db: Db;
  settings: Settings;
}

/** Who wants in: a browser, which may be a guest's. */
export interface Visitor {
  viewer: Pick<Viewer, 'userId' | 'role'>;
  caller: Caller;
}

export interface Credentials {
  email: string;
  password: string;
}

/** Accounts that one address and password are compared with, always as many: the proven one and the newest that waits. */
const CANDIDATES = 2;

/** Throws `bad-sign-in`, and `over-total` when the guest's sites have no room in the account. */
export async function signIn(deps: EnterDeps, visitor: Visitor, credentials: Credentials): Promise<SessionClaim> {
  const account = await findByPassword(deps.db, credentials);
  if (!account) throw badSignIn();
  return deps.db.$transaction((tx) => enter(tx, visitor, account.id, { action: 'account.sign-in', isProven: false }));
}

/**
 * An account with this address and password: the guest's own user becomes it. Who has it already is signed in. With mail
 * the address waits for its link, whoever has it; without, a taken one is refused. Throws `bad-password`, `bad-sign-in`.
 */
export async function signUp(deps: EnterDeps, visitor: Visitor, credentials: Credentials): Promise<SessionClaim> {
  const { email, password } = credentials;
  judgePassword(password, email);
  const [known, passwordHash] = [await findByPassword(deps.db, credentials), await hashPassword(password)];
  const way = { action: known ? 'account.sign-in' : 'account.sign-up', isProven: false };
  return deps.db.$transaction(async (tx) => {
    if (known) return enter(tx, visitor, known.id, way);
    await lockEmail(tx, email);
    const hasMail = deps.settings.mailFrom !== null;
    if (!hasMail && (await tx.user.findUnique({ where: { email } }))) throw badSignIn();
    const address = hasMail ? { pendingEmail: email } : { email };
    const userId = await makeMember(tx, visitor, { ...address, passwordHash, passwordSetAt: new Date() });
    if (hasMail) await addLink(tx, deps.settings, { purpose: 'confirm', email, userId });
    return enter(tx, visitor, userId, way);
  });
}

/**
 * The account of an address that was proven. Without one the guest becomes it, else a new user. `takesAlong`: the proof
 * was asked for in this browser, so that its guest's sites go with it. One that was made with this address and never
 * proved it is given to whoever does: its password, sessions, tokens and keys end. Throws `over-total`.
 */
export async function enterByProof(
  tx: Transaction,
  visitor: Visitor,
  { email, takesAlong, action }: { email: string; takesAlong: boolean; action: string },
): Promise<SessionClaim> {
  await lockEmail(tx, email);
  const here = takesAlong ? visitor : { ...visitor, viewer: { userId: null, role: null } };
  const account = (await tx.user.findUnique({ where: { email } })) ?? (await newestWaiting(tx, email));
  if (!account) {
    const userId = await makeMember(tx, here, { email, emailVerifiedAt: new Date() });
    return enter(tx, here, userId, { action, isProven: true });
  }
  if (account.emailVerifiedAt === null) await giveToProver(tx, visitor, account, email);
  return enter(tx, here, account.id, { action, isProven: true });
}

/** Requests about one address follow each other. */
export async function lockEmail(tx: Transaction, email: string): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`account:${email}`}, 0))`;
}

export function badSignIn(): AppError {
  return new AppError('bad-sign-in', {
    message: 'This address and password do not go together.',
    hint: 'Try again, or have a link mailed to you.',
  });
}

/** The last step of every way in: a guest's sites go along, a session begins. */
async function enter(
  tx: Transaction,
  { viewer, caller }: Visitor,
  accountId: string,
  { action, isProven }: { action: string; isProven: boolean },
): Promise<SessionClaim> {
  if (viewer.role === 'guest' && viewer.userId && viewer.userId !== accountId) {
    await mergeInto(tx, viewer.userId, accountId);
  }
  const account = await tx.user.findUniqueOrThrow({ where: { id: accountId } });
  const who: Who = { actor: { id: accountId, role: account.role }, address: caller.address };
  await audit(tx, { ...who, action, subject: addressOf(account) });
  return openSession(tx, accountId, caller, isProven);
}

/** What an account is called: its address, or the one that waits for its link. Pure. */
export function addressOf({ id, email, pendingEmail }: Pick<User, 'id' | 'email' | 'pendingEmail'>): string {
  return email ?? pendingEmail ?? id;
}

async function findByPassword(db: Db, { email, password }: Credentials): Promise<User | null> {
  const users = await db.user.findMany({
    where: { OR: [{ email }, { email: null, pendingEmail: email }], deletingAt: null },
    orderBy: [{ email: { sort: 'asc', nulls: 'last' } }, { id: 'desc' }],
    take: CANDIDATES,
  });
  const candidates = Array.from({ length: CANDIDATES }, (_, index) => users[index] ?? null);
  const matches = await Promise.all(candidates.map((user) => isPassword(user?.passwordHash ?? null, password)));
  return candidates.find((_, index) => matches[index]) ?? null;
}

async function makeMember(tx: Transaction, { viewer }: Visitor, data: Partial<User>): Promise<string> {
  if (viewer.role !== 'guest' || !viewer.userId) {
    const { id } = await tx.user.create({ data: { ...data, role: 'member' } });
    return id;
  }
  await becomeMember(tx, viewer.userId);
  await tx.user.update({ where: { id: viewer.userId }, data });
  return viewer.userId;
}

function newestWaiting(tx: Transaction, email: string): Promise<User | null> {
  const where = { email: null, pendingEmail: email, deletingAt: null };
  return tx.user.findFirst({ where, orderBy: { id: 'desc' } });
}

async function giveToProver(tx: Transaction, { viewer }: Visitor, account: User, email: string): Promise<void> {
  await lockUser(tx, account.id);
  const data = { email, pendingEmail: null, emailVerifiedAt: new Date() };
  if (viewer.userId === account.id) {
    await tx.user.update({ where: { id: account.id }, data });
    return;
  }
  await tx.user.update({ where: { id: account.id }, data: { ...data, passwordHash: null, passwordSetAt: null } });
  await endAllSessions(tx, account.id);
  await dropWaysIn(tx, account.id);
}
