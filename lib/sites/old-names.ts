// Names that sites had before: for thirty days each leads to its site, and is nobody else's.

import type { Db, Transaction } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';
import type { Settings } from '../env.ts';
import { siteHost, siteUrl } from './address.ts';

export const OLD_NAME_DAYS = 30;

/** Sites that were called so and still are reached by it. Ask for the name itself first. Pure. */
export function formerly(name: string, now = new Date()): Prisma.SiteWhereInput {
  return { oldNames: { some: { name, expiresAt: { gt: now } } } };
}

/**
 * Whether a site may take the name; `siteId`: whose own names are free to it. One statement: a site that gives its name up
 * at this moment is seen either as having it or as having had it.
 */
export async function isNameFree(tx: Transaction, name: string, siteId: string | null = null): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ isTaken: boolean }[]>`
    select exists (select 1 from "Site" where name = ${name} and id is distinct from ${siteId}::uuid)
      or exists (select 1 from "OldName" where name = ${name} and "siteId" is distinct from ${siteId}::uuid
        and "expiresAt" > now()) as "isTaken"`;
  return !row?.isTaken;
}

/** Where the hosts of earlier names lead: the origin of each site's address. */
export async function readMovedHosts(db: Db, settings: Settings, now = new Date()): Promise<Map<string, string>> {
  const rows = await db.oldName.findMany({
    where: { expiresAt: { gt: now }, site: { state: { not: 'deleting' } } },
    select: { name: true, site: { select: { name: true } } },
  });
  return new Map(rows.map(({ name, site }) => [siteHost(settings, name), siteUrl(settings, site.name)]));
}
