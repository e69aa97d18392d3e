// The look-up of sites for somebody. Every query carries who asks; absent and foreign give the same answer.

import { equalSecrets, unseal } from '../auth/seal.ts';
import type { Db } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import { siteNotFound } from '../errors/app-error.ts';

/** Who asks: a signed-in user, or the bearer of a site's token, or nobody. */
export interface Viewer {
  userId: string | null;
  role: 'guest' | 'member' | 'admin' | null;
  token: string | null;
}

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

/** The site, if the viewer may see it. Throws `not-found` for an absent and for a foreign site alike. */
export async function requireSite(db: Db, secret: string, viewer: Viewer, name: string): Promise<SiteRow> {
  const site = await db.site.findUnique({ where: { name }, include: SITE_WITH_ALL });
  if (!site || !maySee(secret, viewer, site)) throw siteNotFound();
  return site;
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

function maySee(secret: string, viewer: Viewer, site: SiteRow): boolean {
  if (viewer.role === 'admin') return true;
  if (site.ownerId === null) return false;
  if (viewer.userId !== null && viewer.userId === site.ownerId) return true;
  return viewer.token !== null && equalSecrets(viewer.token, unseal(secret, site.sealedToken));
}
