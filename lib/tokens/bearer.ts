// Whose API token it is and what it may: asked anew with each request, so that a revoked or expired one ends at once.

import type { Db } from '../db/client.ts';
import type { TokenScope } from '../db/generated/client.ts';
import type { Access, Bearer } from '../sites/access.ts';
import { hashToken, isUserToken } from './secret.ts';

const ACCESS_OF: Record<TokenScope, Access> = { read: 'view', deploy: 'develop', full: 'own' };
/** The last use is written no more often. */
const USE_MS = 60_000;

/** Null: no token of ours, or no longer one. */
export async function findBearer(db: Db, token: string, now: Date): Promise<Bearer | null> {
  if (!isUserToken(token)) return null;
  const row = await db.userToken.findUnique({ where: { hash: hashToken(token) } });
  if (!row || (row.expiresAt !== null && row.expiresAt <= now)) return null;
  const { id, userId, scope, siteIds, lastUsedAt } = row;
  const minuteAgo = new Date(now.getTime() - USE_MS);
  if (lastUsedAt === null || lastUsedAt <= minuteAgo) {
    const where = { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: minuteAgo } }] };
    await db.userToken.updateMany({ where, data: { lastUsedAt: now } });
  }
  return { userId, access: ACCESS_OF[scope], siteIds };
}
