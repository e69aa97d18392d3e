// What the firewall refused of each site since the last reading. Listing is a program's run, so it happens every ten
// seconds, beside the readings.

import type { Log } from '#lib/log.ts';
import type { Network, NetworkRefusals } from '#lib/network/network.ts';
import type { KnownSites } from './known-sites.ts';

export interface RefusalDeps {
  network: Pick<Network, 'list'>;
  known: Pick<KnownSites, 'byAddress'>;
  log: Log;
  nowMs: () => number;
}

const EVERY_MS = 10_000;

/** Never throws. An address that has been given to another site, or got its limits anew, counts from zero again. */
export function createRefusals({
  network,
  known,
  log,
  nowMs,
}: RefusalDeps): () => Promise<Map<string, NetworkRefusals>> {
  let before: ReadonlyMap<string, NetworkRefusals> | null = null;
  let since = new Map<string, NetworkRefusals>();
  let dueMs = Number.NEGATIVE_INFINITY;

  const look = async () => {
    dueMs = Number.POSITIVE_INFINITY;
    try {
      const now = new Map([...(await network.list())].map(([address, { refused }]) => [address, refused]));
      for (const [address, refused] of before ? now : []) {
        const grown = growth(before?.get(address), refused);
        const siteId = known.byAddress(address);
        if (siteId && isAny(grown)) since.set(siteId, add(since.get(siteId), grown));
      }
      before = now;
    } catch (error) {
      log.warn({ cause: String(error) }, 'what the firewall refused could not be read');
    } finally {
      dueMs = nowMs() + EVERY_MS;
    }
  };

  return async () => {
    if (nowMs() >= dueMs) void look();
    const told = since;
    since = new Map();
    return told;
  };
}

/** Pure. A counter below what it was has begun anew. */
export function growth(before: NetworkRefusals | undefined, now: NetworkRefusals): NetworkRefusals {
  const each = (name: keyof NetworkRefusals) =>
    before && now[name] >= before[name] ? now[name] - before[name] : now[name];
  return { closed: each('closed'), connections: each('connections'), bandwidth: each('bandwidth') };
}

function add(a: NetworkRefusals | undefined, b: NetworkRefusals): NetworkRefusals {
  if (!a) return b;
  return {
    closed: a.closed + b.closed,
    connections: a.connections + b.connections,
    bandwidth: a.bandwidth + b.bandwidth,
  };
}

function isAny({ closed, connections, bandwidth }: NetworkRefusals): boolean {
  return closed + connections + bandwidth > 0;
}
