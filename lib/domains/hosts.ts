// Where proved domains lead: the host of each one's site. A site that is being deleted has none.

import type { Db } from '../db/client.ts';
import type { Settings } from '../env.ts';
import { siteHost } from '../sites/address.ts';

export async function readDomainHosts(db: Db, settings: Settings): Promise<Map<string, string>> {
  const rows = await db.domain.findMany({
    where: { provedAt: { not: null }, site: { state: { not: 'deleting' } } },
    select: { name: true, site: { select: { name: true } } },
  });
  return new Map(rows.map(({ name, site }) => [name, siteHost(settings, site.name)]));
}
