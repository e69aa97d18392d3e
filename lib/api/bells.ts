// Rings for one site each, from the one connection on which this process listens. Starts to listen at the first ear.

import { listen } from '../db/notify.ts';
import type { Log } from '../log.ts';

export interface Bells {
  /** Calls `ring` whenever something about the site may have changed, until the answered function is called. */
  hear(siteId: string, ring: () => void): () => void;
}

export function createBells(deps: { databaseUrl: string; log: Log }): Bells {
  const ears = new Map<string, Set<() => void>>();
  const ringAll = (rings: Iterable<() => void>) => {
    for (const ring of [...rings]) ring();
  };
  let listening = false;
  return {
    hear(siteId, ring) {
      if (!listening) {
        listening = true;
        listen(deps.databaseUrl, { site: (id) => ringAll(ears.get(id) ?? []) }, deps.log, () => {
          for (const rings of ears.values()) ringAll(rings);
        });
      }
      const rings = ears.get(siteId) ?? new Set();
      ears.set(siteId, rings.add(ring));
      return () => {
        rings.delete(ring);
        if (rings.size === 0) ears.delete(siteId);
      };
    },
  };
}
