// The visits of each site since the last reading: counted from the proxy's lines, and what is open from its table.

import { addLatencies } from '#lib/usage/latency.ts';
import type { RequestCounter, Visits } from '#lib/usage/request-lines.ts';
import type { Traffic } from '#lib/usage/traffic.ts';
import type { KnownSites } from './known-sites.ts';

export interface TrafficDeps {
  lines: Pick<RequestCounter, 'collect'>;
  /** By host; may take long or fail while the proxy is away. */
  openRequests: () => Promise<ReadonlyMap<string, number>>;
  known: KnownSites;
}

const OPEN_TIMEOUT_MS = 500;
/** A site is visited before it is known here: its visits wait for so many readings. */
const WAITS = 3;

/** Never throws. Visits of hosts that no site turns out to have are dropped. */
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

  let waiting = new Map<string, Visits & { waits: number }>();

  return async () => {
    const late = Promise.withResolvers<ReadonlyMap<string, number>>();
    const timer = setTimeout(() => late.resolve(new Map()), OPEN_TIMEOUT_MS);
    const open = await Promise.race([ask(), late.promise]);
    clearTimeout(timer);
    const { hosts } = lines.collect();
    const names = new Set([...waiting.keys(), ...hosts.keys(), ...open.keys()]);
    const traffic = new Map<string, Traffic>();
    const unknown: typeof waiting = new Map();
    let somethingWasNew = false;
    for (const host of names) {
      const siteId = known.byHost(host);
      const waited = waiting.get(host);
      const visits = add(waited ?? NO_VISITS, hosts.get(host) ?? NO_VISITS);
      const waits = (waited?.waits ?? 0) + 1;
      if (siteId !== null) traffic.set(siteId, { ...visits, openRequests: open.get(host) ?? 0 });
      else if (waits <= WAITS) unknown.set(host, { ...visits, waits });
      somethingWasNew ||= siteId === null;
    }
    waiting = unknown;
    known.refresh(somethingWasNew);
    return traffic;
  };
}

const NO_VISITS: Visits = { requests: 0, errors: 0, latency: [] };

function add(a: Visits, b: Visits): Visits {
  const latency = a.requests === 0 ? b.latency : addLatencies(a.latency, b.latency);
  return { requests: a.requests + b.requests, errors: a.errors + b.errors, latency };
}
