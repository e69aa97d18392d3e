// What an earlier keeper read last, so that a new one counts on from there: what happened while none was running is not
// lost, and containers are known while the engine is away.

import type { Db } from '#lib/db/client.ts';
import type { Log } from '#lib/log.ts';
import type { Metered } from '#lib/usage/meter.ts';

export interface Remembered {
  /** The site of each container. */
  sites: Map<string, string>;
  /** The counters of each container. */
  counters: Map<string, Metered>;
}

/** Older than this it would be a mean over too long a time. */
const AGE_MS_MAX = 15 * 60_000;

/** Empty while PostgreSQL is away. */
export async function readRemembered(db: Db, nowMs: number, log: Log): Promise<Remembered> {
  const rows = await db.usage.findMany({ where: { instanceId: { not: null } } }).catch((error) => {
    log.warn({ cause: String(error) }, 'the last readings could not be looked up');
    return [];
  });
  const counters = rows.flatMap((row): [string, Metered][] => {
    const ageMs = Date.now() - row.readAt.getTime();
    if (!row.instanceId || ageMs < 0 || ageMs > AGE_MS_MAX) return [];
    const { oomKills, forksRefused } = row;
    const [cpuMicros, throttledMicros] = [Number(row.cpuMicros), Number(row.throttledMicros)];
    const [rxBytes, txBytes] = [Number(row.rxBytes), Number(row.txBytes)];
    return [
      [
        row.instanceId,
        {
          counters: { cpuMicros, throttledMicros, oomKills, forksRefused, rxBytes, txBytes },
          periods: null,
          opened: null,
          atMs: nowMs - ageMs,
        },
      ],
    ];
  });
  return {
    sites: new Map(rows.flatMap((row) => (row.instanceId ? [[row.instanceId, row.siteId]] : []))),
    counters: new Map(counters),
  };
}
