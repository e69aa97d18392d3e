// The look-up of sites for somebody. Every query carries who asks; absent and foreign give the same answer.

import type { Db } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import { siteNotFound } from '../errors/app-error.ts';
import { type Access, requireAccess, type Standing, standingOf, type Viewer } from './access.ts';

/** What is read of a site for its page. */
export const SITE_WITH_ALL = {
  plan: true,
  usage: true,
  verdicts: { omit: { numbers: true } },
  keys: { orderBy: { createdAt: 'asc' } },
  liveDeployment: { omit: { log: true } },
  deployments: { orderBy: { number: 'desc' }, take: 10, omit: { log: true } },
  events: { orderBy: { at: 'desc' }, take: 10 },
} satisfies Prisma.SiteInclude;

export type SiteRow = Prisma.SiteGetPayload<{ include: typeof SITE_WITH_ALL }>;

/** A site, and what the one who asked for it may do with it. */
export type SeenSite = SiteRow & { standing: Standing };

/** A user's id that nobody has, for the look-up of memberships of those who are not signed in. */
const NO_USER = '00000000-0000-0000-0000-000000000000';

/**
 * The site, if the viewer may do this much with it. Throws `not-found` for an absent and for a foreign site alike, and
 * `not-allowed` where less is shared with the viewer.
 */
export async function requireSite(
  db: Db,
  secret: string,
  viewer: Viewer,
  name: string,
  need: Access,
): Promise<SeenSite> {
  const members = { where: { userId: viewer.userId ?? NO_USER } };
  const site = await db.site.findUnique({ where: { name }, include: { ...SITE_WITH_ALL, members } });
  const standing = site && standingOf(secret, viewer, site);
  if (!standing) throw siteNotFound();
  requireAccess(standing, need);
  return { ...site, standing };
}

/** As `requireSite`, for who needs no more than to know whether he may, such as every few seconds. */
export async function requireStanding(
  db: Db,
  secret: string,
  viewer: Viewer,
  name: string,
  need: Access,
): Promise<{ id: string; state: SiteRow['state']; standing: Standing }> {
  const members = { where: { userId: viewer.userId ?? NO_USER } };
  const select = { id: true, state: true, ownerId: true, sealedToken: true, members };
  const site = await db.site.findUnique({ where: { name }, select });
  const standing = site && standingOf(secret, viewer, site);
  if (!standing) throw siteNotFound();
  requireAccess(standing, need);
  return { id: site.id, state: site.state, standing };
}

/** The sites a user owns, newest first. */
export async function sitesOf(db: Db, userId: string): Promise<SiteRow[]> {
  return db.site.findMany({
    where: { ownerId: userId, state: { not: 'deleting' } },
    include: SITE_WITH_ALL,
    orderBy: { claimedAt: 'desc' },
  });
}

/** All sites with an owner, for admins. */
export async function allSites(db: Db, take = 1_000): Promise<SiteRow[]> {
  return db.site.findMany({ include: SITE_WITH_ALL, orderBy: { createdAt: 'desc' }, take });
}
