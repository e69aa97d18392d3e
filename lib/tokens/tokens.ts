// The API tokens of a user: make, list, revoke. Bounded in number; a token is told once.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import type { TokenScope } from '../db/generated/client.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { visibleTo } from '../sites/find.ts';
import { ringSitesOf } from '../sites/ring.ts';
import { lockUser } from '../users/totals.ts';
import { hashToken, newUserToken } from './secret.ts';

export const TOKENS_MAX = 50;
export const TOKEN_DAYS = 90;
const DAY_MS = 24 * 3_600_000;

export interface TokenWish {
  name: string;
  scope: TokenScope;
  /** Names of the only sites that it opens; empty: all. */
  sites: string[];
  /** Null: it never expires. */
  days: number | null;
}

export interface TokenView {
  id: string;
  name: string;
  scope: TokenScope;
  /** Null: all sites. Deleted ones are not told. */
  sites: string[] | null;
  createdAt: string;
  expiresAt: string | null;
  isExpired: boolean;
  lastUsedAt: string | null;
}

/** Throws `not-found` for a site that is not the user's to see, `too-many-tokens`. */
export async function createToken(
  db: Db,
  userId: string,
  wish: TokenWish,
  who: Who,
  now: Date,
): Promise<{ id: string; token: string; expiresAt: string | null }> {
  const token = newUserToken();
  const { name, scope, days } = wish;
  const expiresAt = days === null ? null : new Date(now.getTime() + days * DAY_MS);
  const id = await db.$transaction(async (tx) => {
    await lockUser(tx, userId);
    if ((await tx.userToken.count({ where: { userId } })) >= TOKENS_MAX) {
      throw new AppError('too-many-tokens', {
        message: `You have ${TOKENS_MAX} API tokens, which is the most there may be.`,
        hint: 'Revoke one that is no longer used, then make this one.',
      });
    }
    const sites = await tx.site.findMany({
      where: { name: { in: wish.sites }, state: { not: 'deleting' }, ...visibleTo(userId) },
      select: { id: true },
    });
    if (sites.length !== new Set(wish.sites).size) throw siteNotFound();
    const data = { userId, name, scope, expiresAt, hash: hashToken(token), siteIds: sites.map((site) => site.id) };
    const row = await tx.userToken.create({ data });
    await audit(tx, {
      ...who,
      action: 'account.api-access-add',
      subject: name,
      after: { scope, sites: wish.sites, days },
    });
    return row.id;
  });
  return { id, token, expiresAt: expiresAt?.toISOString() ?? null };
}

/** The newest first. */
export async function listTokens(db: Db, userId: string, now: Date): Promise<TokenView[]> {
  const rows = await db.userToken.findMany({ where: { userId }, orderBy: { createdAt: 'desc' }, omit: { hash: true } });
  const siteIds = rows.flatMap((row) => row.siteIds);
  const sites = await db.site.findMany({ where: { id: { in: siteIds } }, select: { id: true, name: true } });
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    scope: row.scope,
    sites: row.siteIds.length === 0 ? null : row.siteIds.flatMap((id) => names.get(id) ?? []),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    isExpired: row.expiresAt !== null && row.expiresAt <= now,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  }));
}

/** It ends at once, also for what it has open; safe to repeat. */
export async function revokeToken(db: Db, userId: string, id: string, who: Who): Promise<void> {
  await db.$transaction(async (tx) => {
    const token = await tx.userToken.findFirst({ where: { id, userId }, select: { name: true, scope: true } });
    if (!token) return;
    await tx.userToken.deleteMany({ where: { id, userId } });
    await audit(tx, {
      ...who,
      action: 'account.api-access-remove',
      subject: token.name,
      before: { scope: token.scope },
    });
    await ringSitesOf(tx, userId);
  });
}
