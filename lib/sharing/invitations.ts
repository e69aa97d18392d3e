// Asking somebody to share a site: a link that is good for a week and for one, and that only its receiver has. Nothing
// here looks whether an address has an account.

import { randomBytes } from 'node:crypto';
import { audit, type Who } from '../audit/audit.ts';
import { seal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';
import type { MemberRole } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { requireSecret, type Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { hashToken } from '../tokens/secret.ts';
import { lockSite, MEMBERS_MAX, note } from './members.ts';
import { higherRole, withArticle } from './roles.ts';

export const INVITATIONS_MAX = 50;
const VALID_MS = 7 * 24 * 3_600_000;
const TOKEN = /^[\w-]{43}$/;

export interface InvitationWish {
  email: string;
  role: MemberRole;
}

export interface InvitationView {
  id: string;
  email: string;
  role: MemberRole;
  expiresAt: string;
  /** Its mail is on its way. */
  isMailed: boolean;
  /** Why the mail could not be sent. */
  problem: string | null;
}

/** What its receiver is told before he accepts. */
export interface InvitationOffer {
  site: string;
  role: MemberRole;
  invitedBy: string | null;
  expiresAt: string;
}

type Deps = { db: Db; settings: Settings };

export function invitationLink(settings: Settings, token: string): string {
  return `${settings.appUrl}/invitations/${token}`;
}

/**
 * The same address again gets a new link, and the one before ends. `link` is told where no mail is sent, this once.
 * Throws `too-many-members`, `bad-request` for somebody who is there already.
 */
export async function invite(
  { db, settings }: Deps,
  site: { id: string; name: string },
  { email, role }: InvitationWish,
  by: Who & { actor: { id: string } },
  now: Date,
): Promise<{ id: string; link: string | null; expiresAt: string }> {
  const token = randomBytes(32).toString('base64url');
  const isMailed = settings.mailFrom !== null;
  const expiresAt = new Date(now.getTime() + VALID_MS);
  const id = await db.$transaction(async (tx) => {
    await lockSite(tx, site.id);
    const [members, open, known] = await Promise.all([
      tx.member.count({ where: { siteId: site.id } }),
      tx.invitation.count({ where: { siteId: site.id, email: { not: email }, expiresAt: { gt: now } } }),
      tx.site.findFirst({
        where: { id: site.id, OR: [{ owner: { email } }, { members: { some: { user: { email } } } }] },
      }),
    ]);
    if (known) throw sharesAlready(email);
    if (members >= MEMBERS_MAX) throw tooMany(members, 'members', 'Remove one of them, then invite again.');
    if (open >= INVITATIONS_MAX) throw tooMany(open, 'open invitations', 'Withdraw one of them, then invite again.');
    const data = {
      role,
      expiresAt,
      tokenHash: hashToken(token),
      sealedToken: isMailed ? seal(requireSecret(settings), token) : null,
      invitedById: by.actor.id,
      attempts: 0,
      dueAt: now,
      problem: null,
    };
    const row = await tx.invitation.upsert({
      where: { siteId_email: { siteId: site.id, email } },
      create: { siteId: site.id, email, ...data },
      update: { ...data, createdAt: now },
    });
    await audit(tx, { ...by, action: 'site.invite', subject: site.name, siteId: site.id, after: { email, role } });
    return row.id;
  });
  return { id, link: isMailed ? null : invitationLink(settings, token), expiresAt: expiresAt.toISOString() };
}

/** Those that can still be accepted, the oldest first. */
export async function listInvitations(db: Db, siteId: string, now: Date): Promise<InvitationView[]> {
  const rows = await db.invitation.findMany({
    where: { siteId, expiresAt: { gt: now } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ id, email, role, expiresAt, sealedToken, problem }) => ({
    ...{ id, email, role, problem },
    expiresAt: expiresAt.toISOString(),
    isMailed: sealedToken !== null,
  }));
}

/** Its link opens nothing from now on; safe to repeat. */
export async function withdraw(db: Db, site: { id: string; name: string }, id: string, by: Who): Promise<void> {
  await db.$transaction(async (tx) => {
    const invitation = await tx.invitation.findFirst({ where: { id, siteId: site.id } });
    if (!invitation) return;
    await tx.invitation.deleteMany({ where: { id, siteId: site.id } });
    const { email, role } = invitation;
    await audit(tx, {
      ...by,
      action: 'site.invite-withdraw',
      subject: site.name,
      siteId: site.id,
      before: { email, role },
    });
  });
}

/** What the link offers; null when it is wrong, used, withdrawn or too old: which of these is not told. */
export async function findOffer(db: Db, token: string, now: Date): Promise<InvitationOffer | null> {
  const row = await find(db, token, now);
  if (!row) return null;
  const { site, role, invitedBy, expiresAt } = row;
  return { site: site.name, role, invitedBy: invitedBy.email, expiresAt: expiresAt.toISOString() };
}

/**
 * Makes the user a member; a role that he has already is never lessened. Answers the site's name. Throws `not-found` for a
 * link that is not good, `not-allowed` for the owner himself, `too-many-members`.
 */
export async function accept(db: Db, token: string, by: Who & { actor: { id: string } }, now: Date): Promise<string> {
  const userId = by.actor.id;
  const found = await find(db, token, now);
  if (!found) throw noInvitation();
  const { site } = found;
  await db.$transaction(async (tx) => {
    await lockSite(tx, site.id);
    const invitation = await find(tx, token, now);
    if (!invitation) throw noInvitation();
    if (invitation.site.ownerId === userId) throw ownSite(site.name);
    const where = { siteId_userId: { siteId: site.id, userId } };
    const member = await tx.member.findUnique({ where });
    const members = member ? 0 : await tx.member.count({ where: { siteId: site.id } });
    if (members >= MEMBERS_MAX) throw tooMany(members, 'members', 'Ask its owner to remove one of them.');
    const role = member ? higherRole(member.role, invitation.role) : invitation.role;
    await tx.member.upsert({ where, create: { siteId: site.id, userId, role }, update: { role } });
    await tx.invitation.delete({ where: { id: invitation.id } });
    await audit(tx, {
      ...by,
      action: 'site.join',
      subject: site.name,
      siteId: site.id,
      after: { email: invitation.email, role },
    });
    await note(tx, site, `Somebody joined the site as ${withArticle(role)}.`);
    await notify(tx, 'site', site.id);
  });
  return site.name;
}

async function find(db: Pick<Db, 'invitation'>, token: string, now: Date) {
  if (!TOKEN.test(token)) return null;
  return db.invitation.findFirst({
    where: {
      tokenHash: hashToken(token),
      expiresAt: { gt: now },
      site: { ownerId: { not: null }, state: { not: 'deleting' } },
    },
    include: { site: { select: { id: true, name: true, ownerId: true } }, invitedBy: { select: { email: true } } },
  });
}

function noInvitation(): AppError {
  return new AppError('not-found', {
    message: 'This invitation is not good any more.',
    hint: 'Ask who invited you for a new one.',
  });
}

function ownSite(name: string): AppError {
  return new AppError('not-allowed', {
    message: `The site ${name} is yours already.`,
    hint: 'Give the link to whom it is for.',
  });
}

function sharesAlready(email: string): AppError {
  return new AppError('bad-request', {
    message: `${email} shares the site already.`,
    hint: 'Change the role in the list of those who share it.',
  });
}

function tooMany(count: number, what: string, hint: string): AppError {
  return new AppError('too-many-members', {
    message: `The site has ${count} ${what}, which is the most it may have.`,
    hint,
  });
}
