// What a user's API token opens of one site, for git, which asks with nothing but a password.

import type { Db } from '../db/client.ts';
import { type Access, standingOf } from '../sites/access.ts';
import { findBearer } from './bearer.ts';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Null: nothing. A wrong token and an absent site take the same steps as those that are there. */
export async function findTokenAccess(
  db: Db,
  secret: string,
  token: string,
  siteId: string | null,
): Promise<Access | null> {
  const bearer = await findBearer(db, token, new Date());
  const members = { where: { userId: bearer?.userId ?? NOBODY }, select: { userId: true, role: true } };
  const site = await db.site.findUnique({
    where: { id: siteId ?? NOBODY },
    select: { id: true, ownerId: true, sealedToken: true, members },
  });
  if (!bearer || !site) return null;
  return standingOf(secret, { userId: null, role: null, token: null, bearer }, site)?.access ?? null;
}
