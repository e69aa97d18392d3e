// A site gets another owner: somebody who shares it already, and whose totals have room for it. Who had it before stays,
// as one of its owners.

import { audit, type Who } from '../audit/audit.ts';
import { formatBytes } from '../bytes.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { User } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { lockUser, planNameOf, readTotals, totalsMaxOf } from '../users/totals.ts';
import { limitsOf } from './limits.ts';

/** Throws `bad-request` for an address that no member has, `too-many-sites` and `over-total` with the receiver's numbers. */
export async function transferSite(
  db: Db,
  site: { id: string; name: string; ownerId: string | null },
  email: string,
  by: Who | null = null,
): Promise<void> {
  const receiver = await findMember(db, site.id, email.trim().toLowerCase());
  if (!receiver || !site.ownerId || receiver.id === site.ownerId) throw nobodyOfThat(email);
  const from = site.ownerId;
  await db.$transaction(async (tx) => {
    // Both in one order, so that two transfers at once cannot wait for each other.
    for (const id of [from, receiver.id].sort()) await lockUser(tx, id);
    await tx.$executeRaw`select 1 from "Site" where id = ${site.id}::uuid for update`;
    const row = await tx.site.findUnique({ where: { id: site.id }, include: { plan: true } });
    if (!row || row.state === 'deleting' || row.ownerId !== from) throw siteNotFound();
    const membership = { siteId_userId: { siteId: site.id, userId: receiver.id } };
    if (!(await tx.member.findUnique({ where: membership }))) throw nobodyOfThat(email);
    await judgeReceiver(tx, receiver, limitsOf(row));
    await tx.member.delete({ where: membership });
    await tx.member.create({ data: { siteId: site.id, userId: from, role: 'owner' } });
    await tx.site.update({ where: { id: site.id }, data: { ownerId: receiver.id, launchKey: null, expiresAt: null } });
    const text = `The site was given to ${receiver.email}.`;
    await tx.event.create({ data: { siteId: site.id, kind: 'transferred', text } });
    const change = { before: { ownerId: from }, after: { ownerId: receiver.id } };
    if (by) await audit(tx, { ...by, action: 'site.transfer', subject: row.name, siteId: site.id, ...change });
    await notify(tx, 'site', site.id);
  });
}

/** Compared here: in a query that ignores case, a percent sign would be everybody. */
async function findMember(db: Db, siteId: string, email: string): Promise<User | null> {
  const members = await db.member.findMany({ where: { siteId }, select: { user: true } });
  return members.map(({ user }) => user).find((user) => user.email?.toLowerCase() === email) ?? null;
}

async function judgeReceiver(
  tx: Transaction,
  receiver: User,
  site: { diskBytesMax: number; memoryBytesMax: number },
): Promise<void> {
  if (receiver.role === 'admin') return;
  const plan = await tx.plan.findUniqueOrThrow({ where: { name: planNameOf(receiver) } });
  const [now, max] = [await readTotals(tx, receiver.id), totalsMaxOf(receiver, plan)];
  const hint = 'They delete a site first, or an admin raises their limits.';
  if (now.sites >= max.sites) {
    const message = `${receiver.email} has ${now.sites} of ${max.sites} sites already.`;
    throw new AppError('too-many-sites', { message, hint });
  }
  const parts = [
    { what: 'disk', used: now.diskBytes, more: site.diskBytesMax, of: max.diskBytes },
    { what: 'memory', used: now.memoryBytes, more: site.memoryBytesMax, of: max.memoryBytes },
  ];
  for (const { what, used, more, of } of parts) {
    if (used + more <= of) continue;
    const message = `${receiver.email} has ${formatBytes(used)} of ${formatBytes(of)} of ${what}, and this site needs ${formatBytes(more)}.`;
    throw new AppError('over-total', { message, hint });
  }
}

function nobodyOfThat(email: string): AppError {
  const shown = email.trim().slice(0, 100);
  return new AppError('bad-request', {
    message: `Nobody who shares this site has the address "${shown}".`,
    hint: 'Share the site with them first; then it can be given to them.',
  });
}
