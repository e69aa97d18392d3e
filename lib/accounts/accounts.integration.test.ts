// Ways into an account and out of it, against a real database: what a guest has stays his, and nobody gets what is
// another's.

import { runMigrations } from 'graphile-worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import type { Composed } from '../alerts/compose.ts';
import { type SessionClaim, sessionCookie } from '../auth/session.ts';
import { findViewer } from '../auth/viewer.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { createLog } from '../log.ts';
import { launch } from '../sites/launch.ts';
import { changeEmail, changePassword, type Holder, viewAccount } from './account.ts';
import { mergeInto } from './claim.ts';
import { requestAccountDelete, sweepAccounts } from './delete.ts';
import { deliverLinks } from './deliver-links.ts';
import { enterByProof, signIn, signUp, type Visitor } from './enter.ts';
import { askForLink, openLink } from './open-link.ts';
import { endSession, listSessions, openSession, SESSIONS_MAX, signOutEverywhere } from './sessions.ts';

const NOBODY: Visitor = {
  viewer: { userId: null, role: null },
  caller: { address: '192.0.2.1', userAgent: 'curl/8', sessionId: null },
};
const EMAIL = 'mira@example.org';
const PASSWORD = 'lamp gravel otter';
const WHO = (id: string) => ({ actor: { id, role: 'member' }, address: '192.0.2.1' });
const secret = 's'.repeat(32);
const withMail = parseSettings({ LIGHTKEEPER_SECRET: secret, LIGHTKEEPER_MAIL_FROM: 'a@example.org' });
const withoutMail = parseSettings({ LIGHTKEEPER_SECRET: secret });
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await runMigrations({ connectionString: database.url });
  await seedPlans(database.db);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.db.site.deleteMany();
  await database.db.user.deleteMany();
  await database.db.mailedLink.deleteMany();
  await database.db.launch.deleteMany();
});

const mail = () => ({ db: database.db, settings: withMail });
const ending = () => ({ db: database.db, secret });
const noMail = () => ({ db: database.db, settings: withoutMail });
const as = (claim: { userId: string }, role: 'guest' | 'member' = 'member'): Visitor => ({
  ...NOBODY,
  viewer: { userId: claim.userId, role },
});
const read = (claim: { userId: string }) => database.db.user.findUniqueOrThrow({ where: { id: claim.userId } });

async function guestWithSite() {
  const request = { owner: null, name: null, address: '192.0.2.7', key: `key-${crypto.randomUUID()}` };
  const { site, owner } = await launch(mail(), request);
  await database.db.site.update({ where: { id: site.id }, data: { state: 'live' } });
  return { site, visitor: as({ userId: owner.id }, 'guest'), userId: owner.id };
}

/** As the mail server would get them; answers the tokens by address. */
async function mailed(): Promise<{ to: string; token: string; subject: string }[]> {
  const sent: { to: string; message: Composed }[] = [];
  const mailer = async (to: string, message: Composed) => {
    sent.push({ to, message });
    return null;
  };
  await deliverLinks({ ...mail(), mailer, log: createLog('test'), now: () => new Date() });
  return sent.map(({ to, message: { subject, text } }) => ({
    to,
    subject,
    token: /token=(\S+)/.exec(text)?.[1] ?? '',
  }));
}

async function viewerOf(claim: SessionClaim) {
  const cookie = (await sessionCookie(withMail, claim)).split(';')[0] ?? '';
  return findViewer(mail(), new Headers({ cookie }));
}

async function account(email = EMAIL) {
  await askForLink(mail(), NOBODY.viewer, email);
  const link = (await mailed()).find(({ subject }) => subject.startsWith('Sign in'));
  return openLink(mail(), NOBODY, link?.token ?? '');
}

describe('a guest with a site who makes an account', () => {
  it('is the same user, whose site gets the plan of members and no end', async () => {
    const { site, visitor, userId } = await guestWithSite();
    const claim = await signUp(mail(), visitor, { email: EMAIL, password: PASSWORD });
    expect(claim.userId).toBe(userId);
    expect(await read(claim)).toMatchObject({
      role: 'member',
      email: null,
      pendingEmail: EMAIL,
      emailVerifiedAt: null,
    });
    const kept = await database.db.site.findUniqueOrThrow({ where: { id: site.id } });
    expect(kept).toMatchObject({
      ownerId: userId,
      planName: 'member',
      expiresAt: null,
      state: 'live',
      launchKey: null,
    });
    const jobs = await database.db.$queryRaw<{ key: string }[]>`select key from graphile_worker.jobs`;
    expect(jobs.map(({ key }) => key)).toContain(`limits:${site.id}`);
    expect(await viewerOf(claim)).toMatchObject({ userId, role: 'member' });
    expect(await viewerOf({ userId, version: 0 })).toMatchObject({ userId: null });
  });

  it('keeps limits that an admin gave the site', async () => {
    const { site, visitor } = await guestWithSite();
    await database.db.site.update({ where: { id: site.id }, data: { diskBytesMax: 77n } });
    await signUp(mail(), visitor, { email: EMAIL, password: PASSWORD });
    const kept = await database.db.site.findUniqueOrThrow({ where: { id: site.id } });
    expect(kept.diskBytesMax).toBe(77n);
  });

  it('can do so with a link alone, in the browser that asked', async () => {
    const { site, visitor, userId } = await guestWithSite();
    await askForLink(mail(), visitor.viewer, EMAIL);
    const [link] = await mailed();
    const claim = await openLink(mail(), visitor, link?.token ?? '');
    expect(claim.userId).toBe(userId);
    expect(await read(claim)).toMatchObject({ role: 'member', email: EMAIL });
    expect((await database.db.site.findUniqueOrThrow({ where: { id: site.id } })).expiresAt).toBeNull();
  });

  it('gives nothing to whoever opens the link elsewhere', async () => {
    const { site, visitor, userId } = await guestWithSite();
    await askForLink(mail(), visitor.viewer, EMAIL);
    const [link] = await mailed();
    const claim = await openLink(mail(), NOBODY, link?.token ?? '');
    expect(claim.userId).not.toBe(userId);
    expect((await database.db.site.findUniqueOrThrow({ where: { id: site.id } })).ownerId).toBe(userId);
  });

  it('is not taken for somebody who launched with the same key later', async () => {
    const key = `key-${crypto.randomUUID()}`;
    const request = { owner: null, name: null, address: '192.0.2.7', key };
    const first = await launch(mail(), request);
    await signUp(mail(), as({ userId: first.owner.id }, 'guest'), { email: EMAIL, password: PASSWORD });
    const second = await launch(mail(), request);
    expect(second.owner.id).not.toBe(first.owner.id);
  });
});

describe('a guest who has an account already', () => {
  it('brings the site, its alerts and what is shared with him along', async () => {
    const mine = await account();
    const other = await guestWithSite();
    const { site, visitor, userId } = await guestWithSite();
    await database.db.member.create({ data: { siteId: other.site.id, userId, role: 'viewer' } });
    await database.db.alertChannel.create({ data: { ownerId: userId, kind: 'email', target: EMAIL } });
    await changePassword(mail(), await holderOf(mine), { current: '', password: PASSWORD });
    const claim = await signIn(mail(), visitor, { email: EMAIL, password: PASSWORD });
    expect(claim.userId).toBe(mine.userId);
    const kept = await database.db.site.findUniqueOrThrow({ where: { id: site.id } });
    expect(kept).toMatchObject({ ownerId: mine.userId, planName: 'member', expiresAt: null });
    expect(await database.db.alertChannel.count({ where: { ownerId: mine.userId } })).toBe(1);
    expect(await database.db.member.count({ where: { userId: mine.userId } })).toBe(1);
    expect(await database.db.user.findUnique({ where: { id: userId } })).toBeNull();
  });

  it('stays a guest with his site where the account has no room for it, and the link stays good', async () => {
    const mine = await account();
    await database.db.user.update({ where: { id: mine.userId }, data: { sitesMax: 0 } });
    const { site, visitor, userId } = await guestWithSite();
    await askForLink(mail(), visitor.viewer, EMAIL);
    const [link] = await mailed();
    const open = () => openLink(mail(), visitor, link?.token ?? '');
    await expect(open()).rejects.toMatchObject({
      code: 'over-total',
      message: expect.stringContaining('0 sites of 0 sites'),
    });
    const kept = await database.db.site.findUniqueOrThrow({ where: { id: site.id } });
    expect(kept).toMatchObject({ ownerId: userId, planName: 'guest' });
    await database.db.user.update({ where: { id: mine.userId }, data: { sitesMax: null } });
    expect((await open()).userId).toBe(mine.userId);
  });

  it('signs up with an address that is taken as with any other, and is led to his account by the link', async () => {
    const mine = await account();
    const { site, visitor, userId } = await guestWithSite();
    const claim = await signUp(mail(), visitor, { email: EMAIL, password: 'another long one' });
    expect(claim.userId).toBe(userId);
    const [link] = await mailed();
    const merged = await openLink(mail(), as(claim), link?.token ?? '');
    expect(merged.userId).toBe(mine.userId);
    expect((await database.db.site.findUniqueOrThrow({ where: { id: site.id } })).ownerId).toBe(mine.userId);
  });
});

describe('an address', () => {
  it('answers a wrong password, an unknown address and one without a password alike', async () => {
    await account();
    const tell = (email: string) => signIn(mail(), NOBODY, { email, password: PASSWORD }).catch((error) => error);
    const [known, unknown] = [await tell(EMAIL), await tell('nobody@example.org')];
    expect(known).toMatchObject({ code: 'bad-sign-in', message: unknown.message, hint: unknown.hint });
  });

  it('that waits for its link signs in with its password, and is not another’s', async () => {
    const first = await signUp(mail(), NOBODY, { email: EMAIL, password: PASSWORD });
    await account();
    await expect(signIn(mail(), NOBODY, { email: EMAIL, password: PASSWORD })).rejects.toMatchObject({
      code: 'bad-sign-in',
    });
    expect(await viewerOf(first)).toMatchObject({ userId: null });
  });

  it('made by a stranger goes to whoever proves it, without the stranger’s password and sessions', async () => {
    const stranger = await signUp(noMail(), NOBODY, { email: EMAIL, password: PASSWORD });
    const claim = await account();
    expect(claim.userId).toBe(stranger.userId);
    expect(await viewerOf(stranger)).toMatchObject({ userId: null });
    expect(await read(claim)).toMatchObject({ passwordHash: null, emailVerifiedAt: expect.any(Date) });
  });

  it('is not proven for a stranger’s account by a confirmation that its owner opens', async () => {
    const stranger = await signUp(mail(), NOBODY, { email: EMAIL, password: PASSWORD });
    const [link] = await mailed();
    await expect(openLink(mail(), NOBODY, link?.token ?? '')).rejects.toMatchObject({ code: 'bad-link' });
    expect(await read(stranger)).toMatchObject({ email: null });
    const confirmed = await openLink(mail(), as(stranger), link?.token ?? '');
    expect(await read(confirmed)).toMatchObject({ email: EMAIL, pendingEmail: null });
  });

  it('is refused for a second account where no mail can prove it', async () => {
    await signUp(noMail(), NOBODY, { email: EMAIL, password: PASSWORD });
    const again = signUp(noMail(), NOBODY, { email: EMAIL, password: 'another long one' });
    await expect(again).rejects.toMatchObject({ code: 'bad-sign-in' });
    const known = await signUp(noMail(), NOBODY, { email: EMAIL, password: PASSWORD });
    expect(await database.db.user.count({ where: { email: EMAIL } })).toBe(1);
    expect(await viewerOf(known)).toMatchObject({ role: 'member' });
  });

  it('is changed by its link, and not to one that another account has', async () => {
    const mine = await account();
    await account('other@example.org');
    await changeEmail(mail(), await holderOf(mine), { email: 'new@example.org', current: '' });
    expect(await read(mine)).toMatchObject({ email: EMAIL, pendingEmail: 'new@example.org' });
    const [link] = await mailed();
    await openLink(mail(), as(mine), link?.token ?? '');
    expect(await read(mine)).toMatchObject({ email: 'new@example.org' });
    await changeEmail(mail(), await holderOf(mine), { email: 'other@example.org', current: '' });
    const [taken] = await mailed();
    await expect(openLink(mail(), as(mine), taken?.token ?? '')).rejects.toMatchObject({ code: 'bad-link' });
  });

  it('that is proven at the same time in two browsers is one account', async () => {
    const proof = { email: EMAIL, takesAlong: true, action: 'account.sign-in-by-github' };
    const enter = () => database.db.$transaction((tx) => enterByProof(tx, NOBODY, proof));
    const claims = await Promise.all([enter(), enter(), enter()]);
    expect(new Set(claims.map(({ userId }) => userId)).size).toBe(1);
  });
});

describe('a link', () => {
  it('works once, also when it is opened twice at the same moment', async () => {
    await askForLink(mail(), NOBODY.viewer, EMAIL);
    const [link] = await mailed();
    const open = () => openLink(mail(), NOBODY, link?.token ?? '');
    const outcomes = await Promise.allSettled([open(), open(), open()]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(open()).rejects.toMatchObject({ code: 'bad-link' });
  });

  it('is too old after 15 minutes, and nothing of it can be read in the database once it was mailed', async () => {
    await askForLink(mail(), NOBODY.viewer, EMAIL);
    const [link] = await mailed();
    const [row] = await database.db.mailedLink.findMany();
    expect(row).toMatchObject({ sealedToken: null, sentAt: expect.any(Date) });
    expect(JSON.stringify(row)).not.toContain(link?.token);
    await database.db.mailedLink.updateMany({ data: { expiresAt: new Date(Date.now() - 1) } });
    await expect(openLink(mail(), NOBODY, link?.token ?? '')).rejects.toMatchObject({ code: 'bad-link' });
  });

  it.each(['', 'x', 'x'.repeat(5_000), "'; drop table"])('is not "%s"', async (token) => {
    await expect(openLink(mail(), NOBODY, token)).rejects.toMatchObject({ code: 'bad-link' });
  });

  it('that could not be mailed is tried again', async () => {
    await askForLink(mail(), NOBODY.viewer, EMAIL);
    const deps = { ...mail(), log: createLog('test'), now: () => new Date() };
    expect(await deliverLinks({ ...deps, mailer: async () => 'The mail server answered 451.' })).toBe(1);
    expect(await deliverLinks({ ...deps, mailer: async () => null })).toBe(0);
    const later = () => new Date(Date.now() + 11_000);
    expect(await deliverLinks({ ...deps, now: later, mailer: async () => null })).toBe(1);
  });
});

describe('sessions', () => {
  it('end one by one, all others with a new password, and all at once', async () => {
    const mine = await account();
    const [second, third] = [
      await openSession(database.db, mine.userId, NOBODY.caller),
      await openSession(database.db, mine.userId, NOBODY.caller),
    ];
    await endSession(database.db, mine.userId, second.sessionId ?? '');
    expect(await viewerOf(second)).toMatchObject({ userId: null });
    const changed = await changePassword(mail(), await holderOf(mine), { current: '', password: PASSWORD });
    expect(await viewerOf(third)).toMatchObject({ userId: null });
    expect(await viewerOf(changed)).toMatchObject({ userId: mine.userId });
    await signOutEverywhere(database.db, WHO(mine.userId), { id: mine.userId, email: EMAIL });
    expect(await viewerOf(changed)).toMatchObject({ userId: null });
  });

  it('of somebody else are not found', async () => {
    const [mine, other] = [await account(), await account('other@example.org')];
    const end = endSession(database.db, mine.userId, other.sessionId ?? '');
    await expect(end).rejects.toMatchObject({ code: 'not-found' });
    expect(await viewerOf(other)).toMatchObject({ userId: other.userId });
  });

  it('take the place of the one that the browser had', async () => {
    const mine = await account();
    await openSession(database.db, mine.userId, { ...NOBODY.caller, sessionId: mine.sessionId ?? null });
    expect(await listSessions(database.db, mine.userId, null)).toHaveLength(1);
    expect(await viewerOf(mine)).toMatchObject({ userId: null });
  });

  it('are bounded: the oldest ends', async () => {
    const mine = await account();
    for (let n = 0; n < SESSIONS_MAX; n += 1) await openSession(database.db, mine.userId, NOBODY.caller);
    expect(await listSessions(database.db, mine.userId, null)).toHaveLength(SESSIONS_MAX);
    expect(await viewerOf(mine)).toMatchObject({ userId: null });
  });

  it('that began with a password change nothing without it', async () => {
    const mine = await account();
    await changePassword(mail(), await holderOf(mine), { current: '', password: PASSWORD });
    const claim = await signIn(mail(), NOBODY, { email: EMAIL, password: PASSWORD });
    const holder = await holderOf(claim);
    expect(await viewAccount(mail(), holder)).toMatchObject({ needsPassword: true });
    const wrong = changePassword(mail(), holder, { current: 'wrong', password: 'a new long one' });
    await expect(wrong).rejects.toMatchObject({ code: 'bad-sign-in' });
    await expect(changeEmail(mail(), holder, { email: 'new@example.org', current: '' })).rejects.toMatchObject({
      code: 'bad-sign-in',
    });
  });
});

async function giveWaysIn(userId: string): Promise<void> {
  const expiresAt = new Date(Date.now() + 60_000);
  const hash = crypto.randomUUID();
  await database.db.userToken.create({ data: { userId, name: 'script', hash, scope: 'full', expiresAt } });
  await database.db.userKey.create({ data: { userId, fingerprint: 'SHA256:one', publicKey: 'ssh-ed25519 AAAA one' } });
}

async function waysInOf(userId: string): Promise<number[]> {
  const where = { where: { userId } };
  return Promise.all([database.db.userToken.count(where), database.db.userKey.count(where)]);
}

test('tokens and keys of whoever made an account without a proof do not outlive the proof of another', async () => {
  const stranger = await signUp(mail(), NOBODY, { email: EMAIL, password: PASSWORD });
  await giveWaysIn(stranger.userId);
  const way = { email: EMAIL, takesAlong: false, action: 'account.sign-in-by-link' };
  const mine = await database.db.$transaction((tx) => enterByProof(tx, NOBODY, way));
  expect(mine.userId).toBe(stranger.userId);
  expect(await waysInOf(stranger.userId)).toEqual([0, 0]);
});

test('tokens and keys go over with their owner to the account whose address he proves', async () => {
  const taken = await account();
  const asker = await signUp(mail(), NOBODY, { email: EMAIL, password: 'another lamp gravel' });
  await giveWaysIn(asker.userId);
  await giveWaysIn(taken.userId);
  await database.db.$transaction((tx) => mergeInto(tx, asker.userId, taken.userId));
  expect(await waysInOf(taken.userId)).toEqual([2, 1]);
});

describe('an account that is deleted', () => {
  it('ends its sessions and sites at once, and goes when the last site has gone, wherever it was killed', async () => {
    const { site, visitor } = await guestWithSite();
    const claim = await signUp(mail(), visitor, { email: EMAIL, password: PASSWORD });
    await requestAccountDelete(ending(), WHO(claim.userId), claim.userId);
    await requestAccountDelete(ending(), WHO(claim.userId), claim.userId);
    expect(await viewerOf(claim)).toMatchObject({ userId: null });
    expect(await database.db.site.findUnique({ where: { id: site.id } })).toMatchObject({ state: 'deleting' });
    await database.db.site.update({ where: { id: site.id }, data: { state: 'live' } }); // As if killed before.
    expect(await sweepAccounts(ending())).toBe(0);
    expect(await database.db.site.findUnique({ where: { id: site.id } })).toMatchObject({ state: 'deleting' });
    await database.db.site.delete({ where: { id: site.id } });
    expect(await sweepAccounts(ending())).toBe(1);
    expect(await database.db.user.findUnique({ where: { id: claim.userId } })).toBeNull();
    const entries = await database.db.auditEntry.findMany({
      where: { actorId: claim.userId, action: 'account.delete' },
    });
    expect(entries).toMatchObject([{ subject: EMAIL, before: { sites: site.name } }]);
  });

  it('takes its tokens and keys along, and a site that it was an owner of gets new secrets', async () => {
    const mine = await account();
    const { site } = await guestWithSite();
    await giveWaysIn(mine.userId);
    await database.db.member.create({ data: { siteId: site.id, userId: mine.userId, role: 'owner' } });
    await requestAccountDelete(ending(), WHO(mine.userId), mine.userId);
    expect(await waysInOf(mine.userId)).toEqual([0, 0]);
    const left = await database.db.site.findUniqueOrThrow({ where: { id: site.id }, include: { members: true } });
    expect(left.members).toEqual([]);
    expect(left.sealedToken).not.toBe(site.sealedToken);
  });

  it('frees its address, and is found by no password', async () => {
    const mine = await account();
    await changePassword(mail(), await holderOf(mine), { current: '', password: PASSWORD });
    await requestAccountDelete(ending(), WHO(mine.userId), mine.userId);
    await expect(signIn(mail(), NOBODY, { email: EMAIL, password: PASSWORD })).rejects.toMatchObject({
      code: 'bad-sign-in',
    });
    expect((await account()).userId).not.toBe(mine.userId);
  });
});

test('everything that opens or changes an account is in the audit log, without a secret', async () => {
  const mine = await account('log@example.org');
  await changePassword(mail(), await holderOf(mine), { current: '', password: PASSWORD });
  await signIn(mail(), NOBODY, { email: 'log@example.org', password: PASSWORD });
  const entries = await database.db.auditEntry.findMany({
    where: { subject: 'log@example.org' },
    orderBy: { id: 'asc' },
  });
  expect(entries.map(({ action }) => action)).toEqual([
    'account.sign-in-by-link',
    'account.password',
    'account.sign-in',
  ]);
  expect(JSON.stringify(entries)).not.toContain(PASSWORD);
});

async function holderOf(claim: SessionClaim): Promise<Holder> {
  return { user: await read(claim), sessionId: claim.sessionId ?? null, who: WHO(claim.userId) };
}
