// Those who share a site: list, change, remove, leave. Whoever stops being an owner leaves nothing behind that would let
// him in again: the site's password and token become new ones, his keys and open invitations go.

import { audit, type Who } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { MemberRole } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { sealNewSecrets } from '../sites/secrets.ts';
import { withArticle } from './roles.ts';

/** Beside the owner. */
export const MEMBERS_MAX = 50;

export interface MemberView {
  userId: string;
  email: string | null;
  role: MemberRole;
  since: string;
}

interface Deps {
  db: Db;
  /** The instance's. */
  secret: string;
}

type Shared = { id: string; name: string; ownerId: string | null };

/** The oldest first. */
export async function listMembers(db: Db, siteId: string): Promise<MemberView[]> {
  const rows = await db.member.findMany({
    where: { siteId },
    orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }],
    include: { user: { select: { email: true } } },
  });
  return rows.map(({ userId, role, createdAt, user }) => ({
    userId,
    email: user.email,
    role,
    since: createdAt.toISOString(),
  }));
}

/** Throws `not-found` when there is no such member, `not-allowed` for the owner. */
export async function changeRole(deps: Deps, site: Shared, userId: string, role: MemberRole, who: Who): Promise<void> {
  requireMember(site, userId);
  await deps.db.$transaction(async (tx) => {
    await lockSite(tx, site.id);
    const before = await findRole(tx, site.id, userId);
    if (before === null) throw noSuchMember();
    if (before === role) return;
    await tx.member.update({ where: { siteId_userId: { siteId: site.id, userId } }, data: { role } });
    await audit(tx, {
      ...lineOf(site, who),
      action: 'site.member-change',
      before: { userId, role: before },
      after: { role },
    });
    await note(tx, site, `A member is ${withArticle(role)} of the site now.`);
    if (before === 'owner') await lockOut(tx, deps.secret, site, userId);
    await notify(tx, 'site', site.id);
  });
}

/** His access ends at once, also where he is; safe to repeat. Throws `not-allowed` for the owner. */
export async function removeMember(deps: Deps, site: Shared, userId: string, who: Who): Promise<void> {
  requireMember(site, userId);
  await deps.db.$transaction(async (tx) => {
    await lockSite(tx, site.id);
    const role = await findRole(tx, site.id, userId);
    if (role === null) return;
    await tx.member.deleteMany({ where: { siteId: site.id, userId } });
    const hasLeft = who.actor.id === userId;
    const action = hasLeft ? 'site.member-leave' : 'site.member-remove';
    await audit(tx, { ...lineOf(site, who), action, before: { userId, role } });
    await note(tx, site, hasLeft ? 'A member left the site.' : 'A member of the site was removed.');
    if (role === 'owner') await lockOut(tx, deps.secret, site, userId);
    await notify(tx, 'site', site.id);
  });
}

/** The member's own way out. Throws `not-found` unless the site is shared with him. */
export async function leaveSite(deps: Deps, userId: string, name: string, who: Who): Promise<void> {
  const site = await deps.db.site.findFirst({
    where: { name, members: { some: { userId } } },
    select: { id: true, name: true, ownerId: true },
  });
  if (!site) throw siteNotFound();
  await removeMember(deps, site, userId, who);
}

/** Changes of who shares a site follow each other, so that counting is exact. */
export async function lockSite(tx: Transaction, siteId: string): Promise<void> {
  await tx.$executeRaw`select 1 from "Site" where id = ${siteId}::uuid for update`;
}

/** An event, read by all who share the site: it names nobody. */
export async function note(tx: Transaction, { id: siteId }: { id: string }, text: string): Promise<void> {
  await tx.event.create({ data: { siteId, kind: 'sharing', text } });
}

/** An owner has read them all: what he knows opens nothing any more. */
async function lockOut(tx: Transaction, secret: string, site: Shared, userId: string): Promise<void> {
  await tx.site.update({ where: { id: site.id }, data: sealNewSecrets(secret) });
  await tx.sshKey.deleteMany({ where: { siteId: site.id, addedById: userId } });
  await tx.invitation.deleteMany({ where: { siteId: site.id, invitedById: userId } });
  await note(tx, site, 'An owner went, so the site has a new password and a new token.');
}

function lineOf({ id: siteId, name: subject }: Shared, who: Who) {
  return { ...who, siteId, subject };
}

async function findRole(tx: Transaction, siteId: string, userId: string): Promise<MemberRole | null> {
  const member = await tx.member.findUnique({ where: { siteId_userId: { siteId, userId } } });
  return member?.role ?? null;
}

function requireMember(site: Shared, userId: string): void {
  if (userId !== site.ownerId) return;
  throw new AppError('not-allowed', {
    message: 'The site belongs to this owner, who stays.',
    hint: 'Remove others, or delete the site to end it for all.',
  });
}

function noSuchMember(): AppError {
  return new AppError('not-found', {
    message: 'Nobody of that id shares the site.',
    hint: 'Load the page again: who shares it has changed.',
  });
}
