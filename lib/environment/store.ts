// A site's variables as they are kept: one row for each change, every value sealed by itself. Names are not secret.

import { z } from 'zod';
import { seal, unseal } from '../auth/seal.ts';
import type { Db, Transaction } from '../db/client.ts';
import { ordered, type Variables } from './variables.ts';

export type Sealed = Readonly<Record<string, string>>;

const SEALED = z.record(z.string(), z.string());
const NOTHING: Sealed = {};

/** Revision 0 is the one before the first change: nothing. A revision that is no longer kept is nothing too. */
export async function readSealed(db: Db | Transaction, siteId: string, revision: number): Promise<Sealed> {
  if (revision === 0) return NOTHING;
  const row = await db.environment.findUnique({ where: { siteId_revision: { siteId, revision } } });
  return row ? SEALED.parse(row.sealed) : NOTHING;
}

export function unsealAll(secret: string, sealed: Sealed): Variables {
  return ordered(Object.entries(sealed).map(([name, text]) => [name, unseal(secret, text)] as const));
}

/** Adds a revision, and drops those that nobody needs any more: the one before it and the live one stay. */
export async function keepRevision(
  tx: Transaction,
  secret: string,
  site: { id: string; liveEnvironment: number },
  revision: number,
  variables: Variables,
): Promise<void> {
  // Without a prototype, so that every name is only a name.
  const sealed: Record<string, string> = Object.create(null);
  for (const [name, value] of variables) sealed[name] = seal(secret, value);
  await tx.environment.create({ data: { siteId: site.id, revision, sealed } });
  const kept = [revision, revision - 1, site.liveEnvironment];
  await tx.environment.deleteMany({ where: { siteId: site.id, revision: { notIn: kept } } });
}
