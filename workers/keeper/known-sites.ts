// The sites by what the machine calls them: the host name that the proxy routes, the address that the firewall counts.
// Read from PostgreSQL beside the readings; while it is away, what was known stays.

import type { Db } from '#lib/db/client.ts';
import type { Settings } from '#lib/env.ts';
import type { Log } from '#lib/log.ts';
import { siteHost } from '#lib/sites/address.ts';

export interface KnownSites {
  byHost(host: string): string | null;
  byAddress(address: string): string | null;
  /** Looks again in the background: soon where something was not known, else every ten seconds. */
  refresh(somethingWasNew: boolean): void;
}

const EVERY_MS = 10_000;
const SOON_MS = 1_000;

export async function openKnownSites(db: Db, settings: Settings, log: Log): Promise<KnownSites> {
  let hosts = new Map<string, string>();
  let addresses = new Map<string, string>();
  let lookedMs = 0;
  let looking = false;

  const look = async () => {
    looking = true;
    lookedMs = performance.now();
    try {
      const sites = await db.site.findMany({
        where: { node: 'local' },
        select: { id: true, name: true, address: true },
      });
      hosts = new Map(sites.map(({ id, name }) => [siteHost(settings, name), id]));
      addresses = new Map(sites.flatMap(({ id, address }) => (address ? [[address, id]] : [])));
    } catch (error) {
      log.warn({ cause: String(error) }, 'the sites could not be looked up');
    } finally {
      looking = false;
    }
  };
  await look();
  return {
    byHost: (host) => hosts.get(host) ?? null,
    byAddress: (address) => addresses.get(address) ?? null,
    refresh(somethingWasNew) {
      const dueMs = lookedMs + (somethingWasNew ? SOON_MS : EVERY_MS);
      if (!looking && performance.now() >= dueMs) void look();
    },
  };
}
