// Keys that nobody knows cost nothing, so who comes with one has few connections, and not for long: a login with such a key
// says no more of him than that he could make one.

import type { Guard } from '../guard.ts';

export interface Nobodies {
  /** False: there is no room for this one, and its connection is being ended. */
  enter(guard: Guard): boolean;
}

export interface NobodiesLimits {
  /** Of all sources together, and of one. */
  nobodiesMax: number;
  nobodiesPerSourceMax: number;
  /** A build from a repository may take a quarter of an hour. */
  nobodyMs: number;
}

export function createNobodies({ nobodiesMax, nobodiesPerSourceMax, nobodyMs }: NobodiesLimits): Nobodies {
  /** The oldest first. */
  const inside = new Set<Guard>();
  return {
    enter(guard) {
      const ofSource = [...inside].filter(({ source }) => source === guard.source);
      if (ofSource.length >= nobodiesPerSourceMax) {
        guard.end('its source has enough connections with unknown keys');
        return false;
      }
      const [oldest] = inside;
      if (oldest && inside.size >= nobodiesMax) {
        inside.delete(oldest);
        oldest.cut('others come with unknown keys');
      }
      inside.add(guard);
      const timer = setTimeout(() => guard.end('its key is unknown, and its time is over'), nobodyMs);
      guard.gone.addEventListener('abort', () => {
        clearTimeout(timer);
        inside.delete(guard);
      });
      return true;
    },
  };
}
