// The API of accounts. Ways in answer JSON to a script and a redirect to a page's form without JavaScript.

import type { z } from 'zod';
import { type AccountDeps, changeEmail, changePassword, type Holder, viewAccount } from '../accounts/account.ts';
import { readCaller } from '../accounts/caller.ts';
import { requestAccountDelete } from '../accounts/delete.ts';
import { mailboxOf, parseEmail } from '../accounts/email.ts';
import { addressOf, signIn, signUp, type Visitor } from '../accounts/enter.ts';
import { askForLink, openLink } from '../accounts/open-link.ts';
import { endSession, signOutEverywhere } from '../accounts/sessions.ts';
import { clientAddress } from '../auth/client-address.ts';
import { noteRefusal } from '../auth/note-refusal.ts';
import { endedSessionCookie, type SessionClaim, sessionCookie } from '../auth/session.ts';
import { claimOf } from '../auth/viewer.ts';
import { requireSecret } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import type { Viewer } from '../sites/access.ts';
import { isForm, readForm, readJson } from './body.ts';
import { EMAIL, MAILED_TOKEN, NEW_EMAIL, NEW_PASSWORD, SESSION, WAY_IN } from './contract/account.ts';
import { type Call, handle, json } from './handle.ts';

/** POST `{ email, password }`. */
export const signInRoute = wayIn('/sign-in', WAY_IN, async (call, fields) => {
  const email = parseEmail(fields.email);
  mayTry(call, email);
  return signIn(call, await visitorOf(call), { email, password: fields.password }).catch(async (error) => {
    if (error instanceof AppError && error.code === 'bad-sign-in') await noteSignInRefusal(call, email);
    throw error;
  });
});

/** POST `{ email, password }`. */
export const signUpRoute = wayIn('/sign-up', WAY_IN, async (call, fields) => {
  const email = parseEmail(fields.email);
  mayTry(call, email);
  call.signUps.attempt(clientAddress(call.request.headers));
  return signUp(call, await visitorOf(call), { email, password: fields.password });
});

/** POST `{ token }` of a mail. */
export const openLinkRoute = wayIn('/sign-in/link', MAILED_TOKEN, async (call, { token }) => {
  call.entries.attempt(`link ${clientAddress(call.request.headers)}`);
  return openLink(call, await visitorOf(call), token);
});

/** POST `{ email }`: the same answer for every address. */
export const askLinkRoute = handle(async (call) => {
  const fields = isForm(call.request) ? await readForm(call.request, EMAIL) : await readJson(call.request, EMAIL);
  const email = parseEmail(fields.email);
  requireMail(call);
  mayMail(call, email);
  await askForLink(call, call.viewer, email);
  return isForm(call.request) ? redirect('/sign-in?sent=1') : json({ email }, 202);
});

/** POST ends this browser's session. */
export const signOutRoute = handle(async (call) => {
  const claim = await claimOf(call.settings, call.request.headers);
  if (claim?.sessionId) await call.db.session.deleteMany({ where: { id: claim.sessionId, userId: claim.userId } });
  const ended = { 'set-cookie': endedSessionCookie(call.settings) };
  return isForm(call.request) ? redirect('/', ended) : json({}, 200, ended);
});

export const readAccountRoute = handle(async (call) => json(await viewAccount(call, await holderOf(call))));

/** DELETE `{ email }`: the account with its sites; the address is asked for, because nothing of it can be brought back. */
export const deleteAccountRoute = handle(async (call) => {
  const { user, who } = await holderOf(call);
  const { email } = await readJson(call.request, EMAIL);
  if (email.trim().toLowerCase() !== addressOf(user)) {
    throw new AppError('bad-email', {
      message: 'That is not this account’s address.',
      hint: 'Type it as it is shown.',
    });
  }
  await requestAccountDelete({ db: call.db, secret: requireSecret(call.settings) }, who, user.id);
  return json({}, 202, { 'set-cookie': endedSessionCookie(call.settings) });
});

/** POST `{ password, current }`; `current` is not asked for after a link. */
export const passwordRoute = handle(async (call) => {
  const holder = await holderOf(call);
  const fields = await readJson(call.request, NEW_PASSWORD);
  mayTry(call, addressOf(holder.user));
  const claim = await changePassword(call, holder, fields);
  return json({}, 200, { 'set-cookie': await sessionCookie(call.settings, claim) });
});

/** POST `{ email, current }`. */
export const emailRoute = handle(async (call) => {
  const holder = await holderOf(call);
  const { email: text, current } = await readJson(call.request, NEW_EMAIL);
  const email = parseEmail(text);
  mayTry(call, addressOf(holder.user));
  if (call.settings.mailFrom !== null) mayMail(call, email);
  await changeEmail(call, holder, { email, current });
  return json({ email }, 202);
});

/** DELETE `{ id }` ends one session, `{ all: true }` every one, this too. */
export const sessionsRoute = handle(async (call) => {
  const { user, who, sessionId } = await holderOf(call);
  const wish = await readJson(call.request, SESSION);
  const isThis = 'all' in wish || wish.id === sessionId;
  if ('all' in wish) await signOutEverywhere(call.db, who, { id: user.id, email: addressOf(user) });
  else await endSession(call.db, user.id, wish.id);
  return json({}, 200, isThis ? { 'set-cookie': endedSessionCookie(call.settings) } : {});
});

/** Throws `no-session` for everybody without an account, guests too. */
export async function requireHolder({ db, settings }: AccountDeps, viewer: Viewer, headers: Headers): Promise<Holder> {
  const isSignedIn = viewer.userId !== null && viewer.role !== 'guest';
  const user = isSignedIn ? await db.user.findUnique({ where: { id: viewer.userId ?? '' } }) : null;
  if (!user) throw new AppError('no-session', { message: 'You are not signed in.', hint: 'Sign in and try again.' });
  const claim = await claimOf(settings, headers);
  const who = { actor: { id: user.id, role: user.role }, address: clientAddress(headers) };
  return { user, sessionId: claim?.sessionId ?? null, who };
}

function holderOf(call: Call<unknown>): Promise<Holder> {
  return requireHolder(call, call.viewer, call.request.headers);
}

function wayIn<Schema extends z.ZodType>(
  page: string,
  schema: Schema,
  enter: (call: Call<unknown>, fields: z.infer<Schema>) => Promise<SessionClaim>,
) {
  return handle(async (call) => {
    const fromForm = isForm(call.request);
    try {
      const claim = await enter(call, await (fromForm ? readForm : readJson)(call.request, schema));
      const cookie = { 'set-cookie': await sessionCookie(call.settings, claim) };
      const next = await placeOf(call, claim);
      return fromForm ? redirect(next, cookie) : json({ next }, 200, cookie);
    } catch (error) {
      if (fromForm && error instanceof AppError) return redirect(`${page}?refused=${error.code}`);
      throw error;
    }
  });
}

/** Where to go after the sign-in: to the one site there is, or to the list of them. */
async function placeOf({ db }: Call<unknown>, { userId }: SessionClaim): Promise<string> {
  const where = { ownerId: userId, state: { not: 'deleting' as const } };
  const [site, ...more] = await db.site.findMany({ where, select: { name: true }, take: 2 });
  return site && more.length === 0 ? `/sites/${site.name}` : '/';
}

async function visitorOf({ viewer, settings, request }: Call<unknown>): Promise<Visitor> {
  return { viewer, caller: await readCaller(settings, request.headers) };
}

/** Counted by address and by account, whether there is such an account or not. */
function mayTry({ entries, accountEntries, request }: Call<unknown>, email: string): void {
  entries.attempt(clientAddress(request.headers));
  accountEntries.attempt(email);
}

function mayMail({ linkMails, linkMailsFrom, request }: Call<unknown>, email: string): void {
  linkMailsFrom.attempt(clientAddress(request.headers));
  linkMails.attempt(mailboxOf(email));
}

function requireMail({ settings }: Call<unknown>): void {
  if (settings.mailFrom !== null) return;
  throw new AppError('mail-off', {
    message: 'This instance sends no e-mail.',
    hint: 'Sign in with your password, or ask the operator.',
  });
}

function noteSignInRefusal(call: Call<unknown>, email: string): Promise<void> {
  return noteRefusal(call, clientAddress(call.request.headers), email, 'account.sign-in-refused');
}

function redirect(location: string, headers: Record<string, string> = {}): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store', ...headers } });
}
