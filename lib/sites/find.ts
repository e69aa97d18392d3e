// The look-up of sites for somebody. Every query carries who asks; absent and foreign give the same answer.

import type { Db } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import { siteNotFound } from '../errors/app-error.ts';
import { type Access, personOf, requireAccess, type Standing, standingOf, type Viewer } from './access.ts';
import { formerly } from './old-names.ts';

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
 * The site of this name, or that had it lately, if the viewer may do this much with it. Throws `not-found` for an absent and for a foreign site alike, for one that can
 * only be brought back, and
 * `not-allowed` where less is shared with the viewer.
 */
export async function requireSite(
  db: Db,
  secret: string,
  viewer: Viewer,
  name: string,
  need: Access,
): Promise<SeenSite> {
  const include = { ...SITE_WITH_ALL, members: membershipsOf(viewer) };
  const site =
    (await db.site.findUnique({ where: { name }, include })) ??
    (await db.site.findFirst({ where: formerly(name), include }));
  const standing = site && standingOf(secret, viewer, site);
  if (!standing || site.undoUntil !== null) throw siteNotFound();
  requireAccess(standing, need);
  return { ...site, standing };
}

/**
 * As `requireSite`, for who is known by a key or a password and not as a user: `accessTo` says how far that opens a site,
 * null for not at all. Throws the same.
 */
export async function requireOpened(
  db: Db,
  accessTo: (site: SiteRow) => Promise<Access | null>,
  name: string,
  need: Access,
): Promise<SeenSite> {
  const include = SITE_WITH_ALL;
  const site =
    (await db.site.findUnique({ where: { name }, include })) ??
    (await db.site.findFirst({ where: formerly(name), include }));
  const access = site && site.undoUntil === null ? await accessTo(site) : null;
  if (!site || access === null) throw siteNotFound();
  requireAccess({ access }, need);
  return { ...site, standing: sharedWith(access) };
}

/** The sites of these ids as somebody sees them to whom each is open so far, the newest first. */
export async function openedSites(db: Db, accesses: ReadonlyMap<string, Access>): Promise<SeenSite[]> {
  const rows = await db.site.findMany({
    where: { id: { in: [...accesses.keys()] }, ownerId: { not: null }, state: { not: 'deleting' } },
    include: SITE_WITH_ALL,
    orderBy: { claimedAt: 'desc' },
  });
  return rows.flatMap((site) => {
    const access = accesses.get(site.id);
    return access ? [{ ...site, standing: sharedWith(access) }] : [];
  });
}

/** As those who share a site are told of it: its secrets are its owners'. */
function sharedWith(access: Access): Standing {
  return { access, seesSecrets: access === 'own', isShared: true };
}

/** As `requireSite`, for who needs no more than to know whether he may, such as every few seconds. */
export async function requireStanding(
  db: Db,
  secret: string,
  viewer: Viewer,
  name: string,
  need: Access,
): Promise<{ id: string; state: SiteRow['state']; standing: Standing }> {
  const members = membershipsOf(viewer);
  const select = { id: true, state: true, ownerId: true, sealedToken: true, members };
  const site = await db.site.findUnique({ where: { name }, select });
  const standing = site && standingOf(secret, viewer, site);
  if (!standing) throw siteNotFound();
  requireAccess(standing, need);
  return { id: site.id, state: site.state, standing };
}

/** The sites that are the viewer's or shared with him, his own first, and of these the newest. */
export async function sitesOf(db: Db, secret: string, viewer: Viewer): Promise<SeenSite[]> {
  const userId = personOf(viewer);
  if (userId === null) return [];
  const rows = await db.site.findMany({
    where: { ...visibleTo(userId), state: { not: 'deleting' } },
    include: { ...SITE_WITH_ALL, members: membershipsOf(viewer) },
    orderBy: { claimedAt: 'desc' },
  });
  const seen = rows.flatMap((site) => {
    const standing = standingOf(secret, viewer, site);
    return standing ? [{ ...site, standing }] : [];
  });
  return seen.sort((a, b) => Number(b.ownerId === userId) - Number(a.ownerId === userId));
}

/** Sites that a user owns or shares. */
export function visibleTo(userId: string): Prisma.SiteWhereInput {
  return { OR: [{ ownerId: userId }, { members: { some: { userId } } }] };
}

function membershipsOf(viewer: Viewer) {
  return { where: { userId: personOf(viewer) ?? NO_USER } };
}

/** All sites with an owner, for admins. */
export async function allSites(db: Db, take = 1_000): Promise<SiteRow[]> {
  return db.site.findMany({ include: SITE_WITH_ALL, orderBy: { createdAt: 'desc' }, take });
}
