// Which site a command is about, and whether the one who asks may. Foreign and absent sites are the same answer.

import { AppError, siteNotFound } from '#lib/errors/app-error.ts';
import { type Access, requireAccess } from '#lib/sites/access.ts';
import { requireOpened, type SeenSite } from '#lib/sites/find.ts';
import { isSiteName } from '#lib/sites/names.ts';
import { accessWith, credentialWords } from '../credentials.ts';
import type { DoorSite } from '../sites.ts';
import { type Call, usageOf } from './command.ts';
import { shown } from './plain.ts';
import { usageError } from './usage.ts';

export interface Asked {
  name: string;
  /** What follows the name. */
  rest: string[];
}

/**
 * The name that the line begins with. Who signed in with a site's name may leave it out, and names no other site. Throws
 * a usage error without a name, `not-found` for one that no site can have or that is not the one signed in to.
 */
export function takeSite(call: Call): Asked {
  const { arguments: given, command, identity } = call;
  const [first, ...rest] = given.values;
  if (!identity.site) {
    if (first === undefined) throw usageError(`Which site? \`${command.name}\` needs its name.`, usageOf(command));
    if (!isSiteName(first)) throw siteNotFound();
    return { name: first, rest };
  }
  const { name } = identity.site;
  if (first === undefined || command.verbs?.includes(first)) return { name, rest: given.values };
  if (first === name) return { name, rest };
  if (isSiteName(first)) throw siteNotFound();
  return { name, rest: given.values };
}

/** As `takeSite`, for a command that takes nothing else. */
export function takeOnlySite(call: Call): string {
  const { name, rest } = takeSite(call);
  requireNothing(call, rest);
  return name;
}

/** Throws a usage error for words that the command does not take. */
export function requireNothing({ command }: Call, rest: readonly string[]): void {
  if (rest.length > 0) throw usageError(`There is nothing to do with ${shown(rest[0] ?? '')} here.`, usageOf(command));
}

/** Throws `not-found`, and `not-allowed` where less is shared. */
export async function requireSeen(call: Call, name: string, need: Access): Promise<SeenSite> {
  const { deps, identity } = call;
  const accessTo = async ({ id, ownerId, sealedPassword }: Pick<SeenSite, 'id' | 'ownerId' | 'sealedPassword'>) => {
    if (identity.site && identity.site.id !== id) return null;
    return accessWith(deps, { id, isOwned: ownerId !== null, sealedPassword }, identity.credential);
  };
  return requireOpened(deps.db, accessTo, name, need);
}

/** The site as the doors know it: being launched, live, or one whose launch failed. Throws as `requireSeen`. */
export async function requireLook({ deps, identity }: Pick<Call, 'deps' | 'identity'>, name: string, need: Access) {
  const site: DoorSite | null = await deps.sites.findToLookAt(name);
  const isOwn = identity.site === null || identity.site.id === site?.id;
  const access = site && isOwn ? await accessWith(deps, site, identity.credential) : null;
  if (!site || !access) throw siteNotFound();
  requireAccess({ access }, need);
  return site;
}

/** As `requireLook`; throws `site-not-ready` for one whose launch failed. */
export async function requireOpen(call: Pick<Call, 'deps' | 'identity'>, name: string, need: Access) {
  const site = await requireLook(call, name, need);
  if (site.failure === null) return site;
  throw new AppError('site-not-ready', {
    message: `The launch of ${site.name} failed: ${site.failure}`,
    hint: 'It is tried again by itself.',
  });
}

/** Who asks for a deployment, in the words that its row keeps. */
export async function askerWords({ deps, identity, accounts }: Call, site: { id: string }): Promise<string> {
  const [account, other] = accounts;
  if (!identity.site && account?.email && !other) return account.email;
  return credentialWords(deps, site, identity.credential);
}
