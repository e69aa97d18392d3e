// Which site a container is of. Asks the engine only about a container that nobody has seen, so that an engine that is
// away or slow holds up nothing.

import type { Engine } from '#lib/engine/engine.ts';

export interface Instances {
  /** By the container's id, of those that are known. Never throws. */
  sitesOf(instanceIds: Iterable<string>): Promise<ReadonlyMap<string, string>>;
}

const ASK_EVERY_MS = 2_000;
const TIMEOUT_MS = 3_000;

/** `known`: what an earlier process found out, for when the engine is away at the start. */
export function createInstances(
  engine: Pick<Engine, 'instances'>,
  known: ReadonlyMap<string, string>,
  nowMs: () => number = () => performance.now(),
): Instances {
  const sites = new Map(known);
  let askedAt = Number.NEGATIVE_INFINITY;
  return {
    async sitesOf(instanceIds) {
      const present = new Set(instanceIds);
      for (const id of sites.keys()) if (!present.has(id)) sites.delete(id);
      if (present.size > sites.size && nowMs() - askedAt >= ASK_EVERY_MS) {
        askedAt = nowMs();
        const timeout = AbortSignal.timeout(TIMEOUT_MS);
        const { promise: late, resolve } = Promise.withResolvers<null>();
        timeout.onabort = () => resolve(null);
        // The engine is away: its containers are read all the same, and the next reading asks again.
        const found = await Promise.race([engine.instances().catch(() => null), late]);
        for (const [id, siteId] of found ?? []) if (present.has(id)) sites.set(id, siteId);
      }
      return sites;
    },
  };
}
