// The log of who did what to somebody's site, plan or account. Rows are written in the transaction of the change, so that
// neither is there without the other; a trigger of the database refuses to change or delete them.

import type { Db, Transaction } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import { invariant } from '../errors/app-error.ts';

/** Who does something: an id of a user, or null for a worker of ours, with its role or the worker's name. */
export interface Who {
  actor: { id: string | null; role: string };
  /** The caller's IP address; null: none called. */
  address: string | null;
}

/** Who acts when the limits policy does. */
export const KEEPER: Who = { actor: { id: null, role: 'keeper' }, address: null };

export interface AuditLine extends Who {
  /** Such as `site.limits` or `plan.update`. */
  action: string;
  /** What it was done to, by name. */
  subject: string;
  siteId?: string | null;
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
}

const SECRET_WORDS = /secret|token|password|sealed/i;

/** Adds a row. What looks like a secret by its name breaks an invariant: the log is read by many and never cleaned. */
export async function audit(db: Db | Transaction, line: AuditLine): Promise<void> {
  await db.auditEntry.create({ data: auditRow(line) });
}

/** Several rows with one statement. */
export async function auditAll(db: Db | Transaction, lines: AuditLine[]): Promise<void> {
  if (lines.length > 0) await db.auditEntry.createMany({ data: lines.map(auditRow) });
}

function auditRow(line: AuditLine): Prisma.AuditEntryUncheckedCreateInput {
  return {
    actorId: line.actor.id,
    actorRole: line.actor.role,
    address: line.address,
    action: line.action,
    subject: line.subject,
    siteId: line.siteId ?? null,
    ...(line.before ? { before: toJson(line.before) } : {}),
    ...(line.after ? { after: toJson(line.after) } : {}),
  };
}

/** Byte counts as numbers, dates as texts. */
function toJson(value: Record<string, unknown>): Prisma.InputJsonObject {
  const text = JSON.stringify(value, (name, part: unknown) => {
    invariant(!SECRET_WORDS.test(name), `no secret gets into the audit log: ${name}`);
    return typeof part === 'bigint' ? Number(part) : part;
  });
  return JSON.parse(text) as Prisma.InputJsonObject;
}
