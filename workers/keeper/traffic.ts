// The visits of each site since the last reading: counted from the proxy's lines, and what is open from its table.

import type { RequestCounter } from '#lib/usage/request-lines.ts';
import type { Traffic } from '#lib/usage/traffic.ts';
import type { KnownSites } from './known-sites.ts';

export interface TrafficDeps {
  lines: Pick<RequestCounter, 'collect'>;
  /** By host; may take long or fail while the proxy is away. */
  openRequests: () => Promise<ReadonlyMap<string, number>>;
  known: KnownSites;
}

const OPEN_TIMEOUT_MS = 500;

/** Never throws. Lines of hosts that no site has are dropped. */
export function createTraffic({ lines, openRequests, known }: TrafficDeps): () => Promise<Map<string, Traffic>> {
  let asking: Promise<ReadonlyMap<string, number>> | null = null;
  const ask = () => {
    asking ??= openRequests()
      .catch(() => new Map<string, number>()) // The proxy is away: nothing is open.
      .finally(() => {
        asking = null;
      });
    return asking;
  };

  return async () => {
    const late = Promise.withResolvers<ReadonlyMap<string, number>>();
    const timer = setTimeout(() => late.resolve(new Map()), OPEN_TIMEOUT_MS);
    const open = await Promise.race([ask(), late.promise]);
    clearTimeout(timer);
    const { hosts } = lines.collect();
    const names = new Set([...hosts.keys(), ...open.keys()]);
    const traffic = new Map<string, Traffic>();
    let somethingWasNew = false;
    for (const host of names) {
      const siteId = known.byHost(host);
      somethingWasNew ||= siteId === null;
      if (siteId === null) continue;
      const { requests, errors, latency } = hosts.get(host) ?? { requests: 0, errors: 0, latency: [] };
      traffic.set(siteId, { requests, errors, latency, openRequests: open.get(host) ?? 0 });
    }
    known.refresh(somethingWasNew);
    return traffic;
  };
}
