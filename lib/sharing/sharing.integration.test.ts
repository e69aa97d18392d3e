import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { seedPlans } from '../../prisma/seed.ts';
import { createMailer } from '../alerts/mail.ts';
import { type MailReceiver, openMailReceiver } from '../alerts/testing/receivers.ts';
import { unseal } from '../auth/seal.ts';
import type { MemberRole } from '../db/generated/client.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { parseSettings } from '../env.ts';
import { sealNewSecrets } from '../sites/secrets.ts';
import { accept, findOffer, INVITATIONS_MAX, invite, listInvitations, withdraw } from './invitations.ts';
import { mailInvitations } from './mail-invitations.ts';
import { changeRole, leaveSite, listMembers, MEMBERS_MAX, removeMember } from './members.ts';

const SECRET = 's'.repeat(32);
const WEEK_MS = 7 * 86_400_000;
let database: TestDatabase;
let mail: MailReceiver;
let now: Date;
let olga: string;
let site: { id: string; name: string; ownerId: string | null };

beforeAll(async () => {
  [database, mail] = await Promise.all([createTestDatabase(), openMailReceiver()]);
  await seedPlans(database.db);
});
afterAll(async () => {
  await mail.close();
  await database.drop();
});
beforeEach(async () => {
  const { db } = database;
  await db.site.deleteMany();
  await db.user.deleteMany();
  mail.mails.length = 0;
  now = new Date('2026-11-27T12:00:00Z');
  olga = await addUser('olga@example.org');
  const data = { name: 'calm-bay', ownerId: olga, sshPort: 22_000, planName: 'guest', state: 'live' as const };
  site = await db.site.create({ data: { ...data, ...sealNewSecrets(SECRET) } });
});

async function addUser(email: string): Promise<string> {
  return (await database.db.user.create({ data: { email, role: 'member' } })).id;
}

const by = (id: string) => ({ actor: { id, role: 'member' }, address: null });
const deps = (change: Record<string, string> = {}) => ({
  db: database.db,
  secret: SECRET,
  settings: parseSettings({ LIGHTKEEPER_SECRET: SECRET, ...change }),
});
const mailing = (port = mail.port) =>
  deps({ LIGHTKEEPER_MAIL_FROM: 'a@example.org', LIGHTKEEPER_SMTP_URL: `smtp://127.0.0.1:${port}` });
const tokenOf = (link: string | null) => link?.split('/').at(-1) ?? '';
const ask = async (email: string, role: MemberRole, inviter = olga) =>
  tokenOf((await invite(deps(), site, { email, role }, by(inviter), now)).link);
const join = async (email: string, role: MemberRole, inviter = olga) => {
  const userId = await addUser(email);
  await accept(database.db, await ask(email, role, inviter), by(userId), now);
  return userId;
};
const secretsOf = async () => {
  const row = await database.db.site.findUniqueOrThrow({ where: { id: site.id } });
  return [unseal(SECRET, row.sealedPassword), unseal(SECRET, row.sealedToken)];
};
const roles = async () => (await listMembers(database.db, site.id)).map(({ email, role }) => [email, role]);

const onlyInvitation = async () => {
  const [only] = await listInvitations(database.db, site.id, now);
  return only?.id ?? '';
};

test('without mail the inviter is given the link once, and its hash is what is kept', async () => {
  const { link } = await invite(deps(), site, { email: 'dan@example.org', role: 'developer' }, by(olga), now);
  const token = tokenOf(link);
  expect(link).toBe(`http://localhost:8080/invitations/${token}`);
  expect(JSON.stringify(await database.db.invitation.findMany())).not.toContain(token);
  expect(await findOffer(database.db, token, now)).toMatchObject({
    site: 'calm-bay',
    role: 'developer',
    invitedBy: 'olga@example.org',
  });
  const dan = await addUser('dan@example.org');
  expect(await accept(database.db, token, by(dan), now)).toBe('calm-bay');
  expect(await roles()).toEqual([['dan@example.org', 'developer']]);
  await expect(accept(database.db, token, by(await addUser('eve@example.org')), now)).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('a wrong, withdrawn, replaced, used or old link is one answer', async () => {
  const withdrawn = await ask('a@example.org', 'viewer');
  const id = await onlyInvitation();
  await withdraw(database.db, site, id, by(olga));
  await withdraw(database.db, site, id, by(olga));
  const replaced = await ask('b@example.org', 'viewer');
  const kept = await ask('b@example.org', 'owner');
  const late = new Date(now.getTime() + WEEK_MS);
  for (const [token, at] of [
    ['', now],
    ['x'.repeat(43), now],
    [`${kept}x`, now],
    [withdrawn, now],
    [replaced, now],
    [kept, late],
  ] as const) {
    expect(await findOffer(database.db, token, at), token).toBeNull();
    await expect(accept(database.db, token, by(await addUser(`${Math.random()}@x.org`)), at)).rejects.toMatchObject({
      code: 'not-found',
    });
  }
  expect(await findOffer(database.db, kept, new Date(late.getTime() - 1))).toMatchObject({ role: 'owner' });
  await database.db.site.update({ where: { id: site.id }, data: { state: 'deleting' } });
  expect(await findOffer(database.db, kept, now)).toBeNull();
});

test('two who open one link at once are one member', async () => {
  const token = await ask('dan@example.org', 'developer');
  const users = [await addUser('one@example.org'), await addUser('two@example.org')];
  const outcomes = await Promise.allSettled(users.map((id) => accept(database.db, token, by(id), now)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await roles()).toHaveLength(1);
});

test('an invitation never lessens a role, and the owner cannot take his own', async () => {
  const dan = await join('dan@example.org', 'owner');
  await accept(database.db, await ask('again@example.org', 'viewer'), by(dan), now);
  expect(await roles()).toEqual([['dan@example.org', 'owner']]);
  await expect(accept(database.db, await ask('x@example.org', 'viewer'), by(olga), now)).rejects.toMatchObject({
    code: 'not-allowed',
  });
  for (const email of ['olga@example.org', 'dan@example.org']) {
    await expect(ask(email, 'viewer')).rejects.toMatchObject({ code: 'bad-request' });
  }
});

test('whether an address has an account makes no difference', async () => {
  await addUser('known@example.org');
  const [known, unknown] = [
    await invite(deps(), site, { email: 'known@example.org', role: 'viewer' }, by(olga), now),
    await invite(deps(), site, { email: 'unknown@example.org', role: 'viewer' }, by(olga), now),
  ];
  expect(Object.keys(known)).toEqual(Object.keys(unknown));
  const [one, two] = await listInvitations(database.db, site.id, now);
  expect({ ...one, id: '', email: '' }).toEqual({ ...two, id: '', email: '' });
});

test('an owner who goes knows nothing that opens, and leaves neither keys nor links', async () => {
  const oscar = await join('oscar@example.org', 'owner');
  const link = await ask('friend-of-oscar@example.org', 'owner', oscar);
  const keep = await ask('friend-of-olga@example.org', 'viewer');
  for (const addedById of [oscar, olga]) {
    const fingerprint = `SHA256:${addedById}`;
    await database.db.sshKey.create({ data: { siteId: site.id, fingerprint, publicKey: 'line', addedById } });
  }
  const [password, token] = await secretsOf();
  await changeRole(deps(), site, oscar, 'developer', by(olga));
  const [newPassword, newToken] = await secretsOf();
  expect([newPassword === password, newToken === token]).toEqual([false, false]);
  expect(await findOffer(database.db, link, now)).toBeNull();
  expect(await findOffer(database.db, keep, now)).not.toBeNull();
  expect(await database.db.sshKey.findMany({ select: { addedById: true } })).toEqual([{ addedById: olga }]);

  await removeMember(deps(), site, oscar, by(olga));
  await removeMember(deps(), site, oscar, by(olga));
  expect(await secretsOf()).toEqual([newPassword, newToken]);
  expect(await roles()).toEqual([]);
});

test('a developer who goes changes no password, and a member may leave by himself', async () => {
  const dan = await join('dan@example.org', 'developer');
  const before = await secretsOf();
  await expect(leaveSite(deps(), await addUser('sam@example.org'), 'calm-bay', by(dan))).rejects.toMatchObject({
    code: 'not-found',
  });
  await leaveSite(deps(), dan, 'calm-bay', by(dan));
  expect(await roles()).toEqual([]);
  expect(await secretsOf()).toEqual(before);
});

test('the owner stays, whoever asks, and who is no member is told of', async () => {
  const oscar = await join('oscar@example.org', 'owner');
  await expect(removeMember(deps(), site, olga, by(oscar))).rejects.toMatchObject({ code: 'not-allowed' });
  await expect(changeRole(deps(), site, olga, 'viewer', by(oscar))).rejects.toMatchObject({ code: 'not-allowed' });
  await expect(changeRole(deps(), site, await addUser('s@x.org'), 'owner', by(olga))).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('members and open invitations are bounded', async () => {
  for (let n = 0; n < INVITATIONS_MAX; n += 1) await ask(`n${n}@example.org`, 'viewer');
  await expect(ask('one-more@example.org', 'viewer')).rejects.toMatchObject({ code: 'too-many-members' });
  await ask('n3@example.org', 'viewer');
  const last = await ask('n4@example.org', 'viewer');
  const users = await database.db.user.createManyAndReturn({
    data: Array.from({ length: MEMBERS_MAX }, () => ({ role: 'member' as const })),
  });
  const data = users.map(({ id: userId }) => ({ siteId: site.id, userId, role: 'viewer' as const }));
  await database.db.member.createMany({ data });
  await expect(accept(database.db, last, by(await addUser('late@x.org')), now)).rejects.toMatchObject({
    code: 'too-many-members',
  });
  await expect(ask('n3@example.org', 'viewer')).rejects.toMatchObject({ code: 'too-many-members' });
});

test('with mail the link is mailed and forgotten, and a server that is away is tried again', async () => {
  const told = await invite(mailing(), site, { email: 'dan@example.org', role: 'owner' }, by(olga), now);
  expect(told.link).toBeNull();
  const round = (given: ReturnType<typeof mailing>) =>
    mailInvitations({ ...given, mailer: createMailer(given.settings), now: () => now });
  await round(mailing(1));
  const [waiting] = await listInvitations(database.db, site.id, now);
  expect(waiting).toMatchObject({ isMailed: true, problem: expect.stringContaining('could not be reached') });
  expect(await round(mailing())).toBe(0);
  now = new Date(now.getTime() + 11_000);
  expect(await round(mailing())).toBe(1);
  expect(await round(mailing())).toBe(0);
  expect(mail.mails.map(({ to }) => to)).toEqual([['dan@example.org']]);
  const text = (mail.mails[0]?.text ?? '').replaceAll('=\r\n', '');
  expect(text).toContain('olga@example.org invites you to share the site calm-bay on Lightkeeper, as an owner.');
  const token = /invitations\/([\w-]{43})/.exec(text)?.[1] ?? '';
  expect(await findOffer(database.db, token, now)).toMatchObject({ role: 'owner' });
  expect(await database.db.invitation.findMany({ select: { sealedToken: true, problem: true } })).toEqual([
    { sealedToken: null, problem: null },
  ]);
  now = new Date(now.getTime() + WEEK_MS);
  await round(mailing());
  expect(await database.db.invitation.count()).toBe(0);
});

test('every act is in the audit log, and the events name nobody', async () => {
  const dan = await join('dan@example.org', 'viewer');
  await changeRole(deps(), site, dan, 'developer', by(olga));
  await removeMember(deps(), site, dan, by(olga));
  await ask('eve@example.org', 'viewer');
  const id = await onlyInvitation();
  await withdraw(database.db, site, id, by(olga));
  const lines = await database.db.auditEntry.findMany({ where: { siteId: site.id }, orderBy: { id: 'asc' } });
  expect(lines.map(({ action }) => action)).toEqual([
    'site.invite',
    'site.join',
    'site.member-change',
    'site.member-remove',
    'site.invite',
    'site.invite-withdraw',
  ]);
  const events = await database.db.event.findMany({ where: { siteId: site.id } });
  expect(events).toHaveLength(3);
  expect(JSON.stringify(events)).not.toContain('@');
});
