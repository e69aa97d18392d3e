// Keeps a site awake while somebody is in it: a session wakes it at its begin, and marks it as visited then, every minute,
// and at its end. The ledger's note of the session comes first, so that who puts sites to sleep sees it.

import type { Db } from '#lib/db/client.ts';
import type { Log } from '#lib/log.ts';

export interface Activity {
  /** The site runs when this returns. `onWait` is called when that takes a while. Throws `did-not-wake`. */
  begin(siteId: string, onWait: () => void): Promise<void>;
  end(siteId: string): Promise<void>;
  stop(): void;
}

export interface ActivityDeps {
  db: Db;
  log: Log;
  /** Sites that have a session at the moment. */
  open: () => string[];
  wake: (siteId: string) => Promise<void>;
}

const MARK_MS = 60_000;
/** Who waits longer is told why. */
const TELL_MS = 1_000;

export function createActivity({ db, log, open, wake }: ActivityDeps): Activity {
  const mark = async (siteIds: string[]) => {
    if (siteIds.length > 0)
      await db.site.updateMany({ where: { id: { in: siteIds } }, data: { activeAt: new Date() } });
  };
  const safely = (siteIds: string[]) =>
    mark(siteIds).catch((cause) => log.warn({ cause: String(cause) }, 'cannot mark sites as visited'));
  const timer = setInterval(() => void safely(open()), MARK_MS);
  return {
    async begin(siteId, onWait) {
      const [site] = await db.site.updateManyAndReturn({
        where: { id: siteId },
        data: { activeAt: new Date() },
        select: { rest: true, heldBy: true },
      });
      if (!site || (site.rest === 'awake' && !site.heldBy)) return;
      const waiting = setTimeout(onWait, TELL_MS);
      await wake(siteId).finally(() => clearTimeout(waiting));
    },
    end: (siteId) => safely([siteId]),
    stop: () => clearInterval(timer),
  };
}
