// What a viewer may do with a site. Each level includes those before it; the site's secrets (password, token, remote with
// the token) are its owners' alone, because whoever has them is an owner.

import { equalSecrets, unseal } from '../auth/seal.ts';
import type { MemberRole } from '../db/generated/client.ts';
import { AppError } from '../errors/app-error.ts';

/** Look; change what runs; everything, up to deleting and sharing it. */
export type Access = 'view' | 'develop' | 'own';

/** Who asks: a signed-in user, or the bearer of a user's or a site's token, or nobody. */
export interface Viewer {
  /** Of a session alone: what is for users themselves (account, alerts, the operator's pages) no token opens. */
  userId: string | null;
  role: 'guest' | 'member' | 'admin' | null;
  token: string | null;
  bearer?: Bearer;
}

/** The bearer of an API token, who may do with a site what both its user and the token may. */
export interface Bearer {
  userId: string;
  access: Access;
  /** The only sites that it opens; empty: all of its user's. */
  siteIds: string[];
}

export interface Standing {
  access: Access;
  /** Admins may do everything, and read nobody's secrets. */
  seesSecrets: boolean;
  /** The site is the viewer's own or shared with them. The office of an admin alone lets nobody in. */
  isShared: boolean;
}

export const OWNER: Standing = { access: 'own', seesSecrets: true, isShared: true };

interface Shared {
  id: string;
  ownerId: string | null;
  sealedToken: string;
  /** At least the viewer's own membership, if there is one. */
  members: { userId: string; role: MemberRole }[];
}

const LEVELS: Access[] = ['view', 'develop', 'own'];
export const ACCESS_OF: Record<MemberRole, Access> = { viewer: 'view', developer: 'develop', owner: 'own' };

/** Null: to this viewer there is no such site. A site that waits in the pool is its admins' alone. */
export function standingOf(secret: string, viewer: Viewer, site: Shared): Standing | null {
  const shared = site.ownerId === null ? null : sharedStanding(secret, viewer, site);
  if (viewer.role !== 'admin') return shared;
  return { access: 'own', seesSecrets: shared?.seesSecrets ?? false, isShared: shared !== null };
}

function sharedStanding(secret: string, { userId, bearer, token }: Viewer, site: Shared): Standing | null {
  if (bearer) return bearerStanding(bearer, site);
  const own = userId === null ? null : userStanding(userId, site);
  if (own) return own;
  const hasToken = token !== null && equalSecrets(token, unseal(secret, site.sealedToken));
  return hasToken ? OWNER : null;
}

function userStanding(userId: string, site: Shared): Standing | null {
  if (userId === site.ownerId) return OWNER;
  const member = site.members.find((each) => each.userId === userId);
  return member ? { access: ACCESS_OF[member.role], seesSecrets: member.role === 'owner', isShared: true } : null;
}

function bearerStanding({ userId, access, siteIds }: Bearer, site: Shared): Standing | null {
  const own = siteIds.length === 0 || siteIds.includes(site.id) ? userStanding(userId, site) : null;
  if (!own) return null;
  return { access: lesserOf(own.access, access), seesSecrets: own.seesSecrets && access === 'own', isShared: true };
}

function lesserOf(a: Access, b: Access): Access {
  return includes(a, b) ? b : a;
}

/** Whose request it is, by session or by API token; null: nobody's that has an account or was a guest before. */
export function personOf({ userId, bearer }: Viewer): string | null {
  return userId ?? bearer?.userId ?? null;
}

/** Throws `not-allowed`: nobody is in a site but those who share it. */
export function requireShared({ isShared }: Standing): void {
  if (isShared) return;
  throw new AppError('not-allowed', {
    message: 'Only those who share the site can be in it.',
    hint: 'Hold, limit or delete it on the admin’s page; to be in it, ask its owner to share it.',
  });
}

export function includes(access: Access, need: Access): boolean {
  return LEVELS.indexOf(access) >= LEVELS.indexOf(need);
}

/** Throws `not-allowed`: for somebody who sees the site, and so may be told that it is there. */
export function requireAccess({ access }: Pick<Standing, 'access'>, need: Access): void {
  if (includes(access, need)) return;
  throw new AppError('not-allowed', {
    message:
      need === 'own' ? 'Only an owner of the site may do this.' : 'You may look at this site, and not change it.',
    hint:
      need === 'own' ? 'Ask its owner to do it, or to make you an owner.' : 'Ask its owner to make you a developer.',
  });
}
