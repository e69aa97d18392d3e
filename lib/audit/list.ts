// Reading the audit log, newest first, a page at a time.

import type { Db } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';

export const AUDIT_PAGE_MAX = 500;

export interface AuditFilter {
  siteId?: string | undefined;
  actorId?: string | undefined;
  /** An action, or the first part of some: `site` finds `site.limits` and `site.hold`. */
  action?: string | undefined;
  /** Part of the subject's name. */
  subject?: string | undefined;
}

export interface AuditView {
  id: string;
  at: string;
  actorId: string | null;
  actorRole: string;
  /** The actor's e-mail address, while there is such a user. */
  actor: string | null;
  address: string | null;
  action: string;
  subject: string;
  siteId: string | null;
  before: Prisma.JsonValue;
  after: Prisma.JsonValue;
}

export interface AuditPage {
  entries: AuditView[];
  /** For the next page; null: this was the last. */
  cursor: string | null;
}

/** The cursor is an entry's id: ids are ordered by time (UUID version 7). */
export async function listAudit(
  db: Db,
  { cursor = null, filter = {}, take = 100 }: { cursor?: string | null; filter?: AuditFilter; take?: number },
): Promise<AuditPage> {
  const size = Math.min(Math.max(take, 1), AUDIT_PAGE_MAX);
  const where: Prisma.AuditEntryWhereInput = {
    ...(cursor ? { id: { lt: cursor } } : {}),
    ...(filter.siteId ? { siteId: filter.siteId } : {}),
    ...(filter.actorId ? { actorId: filter.actorId } : {}),
    ...(filter.subject ? { subject: { contains: filter.subject, mode: 'insensitive' } } : {}),
    ...(filter.action ? { OR: [{ action: filter.action }, { action: { startsWith: `${filter.action}.` } }] } : {}),
  };
  const rows = await db.auditEntry.findMany({ where, orderBy: { id: 'desc' }, take: size + 1 });
  const page = rows.slice(0, size);
  const ids = [...new Set(page.flatMap(({ actorId }) => (actorId ? [actorId] : [])))];
  const users = await db.user.findMany({
    where: { id: { in: ids } },
    select: { id: true, email: true, pendingEmail: true },
  });
  const emails = new Map(users.map(({ id, email, pendingEmail }) => [id, email ?? pendingEmail]));
  return {
    entries: page.map(({ at, actorId, ...row }) => {
      const actor = actorId === null ? null : (emails.get(actorId) ?? null);
      return { ...row, at: at.toISOString(), actorId, actor };
    }),
    cursor: rows.length > size ? (page.at(-1)?.id ?? null) : null,
  };
}
