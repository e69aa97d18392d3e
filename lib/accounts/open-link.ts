// What a mailed link does once its button is pressed: it signs in, or proves the address that an account asked for.

import { audit } from '../audit/audit.ts';
import type { SessionClaim } from '../auth/session.ts';
import type { Transaction } from '../db/client.ts';
import type { MailedLink, User } from '../db/generated/client.ts';
import { mergeInto } from './claim.ts';
import { type EnterDeps, enterByProof, lockEmail, type Visitor } from './enter.ts';
import { addLink, badLink, takeLink } from './links.ts';
import { openSession } from './sessions.ts';
import { dropWaysIn } from './ways-in.ts';

/** Has a link to sign in mailed, whether the address has an account or not. */
export async function askForLink({ db, settings }: EnterDeps, viewer: Visitor['viewer'], email: string): Promise<void> {
  await addLink(db, settings, { purpose: 'signIn', email, userId: viewer.userId });
}

/** Throws `bad-link`, and `over-total`, which leaves the link as it was. */
export async function openLink({ db }: EnterDeps, visitor: Visitor, token: string): Promise<SessionClaim> {
  return db.$transaction(async (tx) => {
    const link = await takeLink(tx, token);
    const isAsker = link.userId !== null && link.userId === visitor.viewer.userId;
    if (link.purpose === 'confirm') {
      if (isAsker) return confirm(tx, visitor, link);
      await requireAccount(tx, link.email);
    }
    return enterByProof(tx, visitor, { email: link.email, takesAlong: isAsker, action: 'account.sign-in-by-link' });
  });
}

/**
 * The asker proves the address that he waits for. Is it another account's, then his sites go over to that one, unless he
 * has an address of his own.
 */
async function confirm(tx: Transaction, { caller }: Visitor, { email, userId }: MailedLink): Promise<SessionClaim> {
  await lockEmail(tx, email);
  const asker = await tx.user.findUniqueOrThrow({ where: { id: userId ?? '' } });
  const taken = await tx.user.findFirst({ where: { email, id: { not: asker.id } } });
  if (asker.pendingEmail !== email)
    throw badLink(
      'This link is for an address that is not asked for any more.',
      'Ask for a new one on your account’s page.',
    );
  if (taken && asker.email !== null) throw addressTaken();
  const account = taken ?? asker;
  if (taken) await mergeInto(tx, asker.id, taken.id);
  if (isStrangers(account, email)) await dropWaysIn(tx, account.id);
  await tx.user.update({ where: { id: account.id }, data: proven(account, email) });
  const who = { actor: { id: account.id, role: account.role }, address: caller.address };
  await audit(tx, {
    ...who,
    action: 'account.email',
    subject: email,
    before: { email: asker.email },
    after: { email },
  });
  return openSession(tx, account.id, caller, true);
}

/** Of an account that had the address without a proof, password and tokens may be a stranger's. */
function isStrangers({ email: had, emailVerifiedAt }: User, email: string): boolean {
  return had === email && emailVerifiedAt === null;
}

function proven(account: User, email: string) {
  const data = { email, emailVerifiedAt: new Date(), pendingEmail: null };
  return isStrangers(account, email)
    ? { ...data, passwordHash: null, passwordSetAt: null, sessionVersion: { increment: 1 } }
    : data;
}

/** In another browser a confirmation only signs in: an account that somebody else made must not get this address. */
async function requireAccount(tx: Transaction, email: string): Promise<void> {
  if (await tx.user.findUnique({ where: { email, emailVerifiedAt: { not: null } } })) return;
  throw badLink(
    'This link works in the browser in which the account was made.',
    'Open it there, or sign in here with the password first and open it again.',
  );
}

function addressTaken() {
  return badLink('This address is another account’s.', 'Sign in to that account, or choose another address.');
}
