// Tells the admins when the keeper cannot read what sites use, or takes long. While the database is away it cannot even
// tell that: the event is then written when it is back.

import type { Db } from '#lib/db/client.ts';
import { judgeKeeper, type KeeperState } from '#lib/limits/judge-keeper.ts';
import { writeHostEvent } from '#lib/limits/store.ts';
import type { Log } from '#lib/log.ts';

const LOOK_MS = 5_000;

export interface KeeperWatch {
  /** A reading of all sites was complete, and took so long. */
  read(tookMs: number): Promise<void>;
  stop(): void;
}

export function watchKeeper(deps: { db: Db; log: Log; now: () => number }): KeeperWatch {
  let state: KeeperState = { readAt: deps.now(), isSilent: false, slowAt: -Number.MAX_SAFE_INTEGER };
  const look = async (tookMs: number | null) => {
    const outcome = judgeKeeper(state, tookMs, deps.now());
    if (outcome.event) {
      deps.log.warn(outcome.event.numbers, outcome.event.text);
      await writeHostEvent(deps.db, { kind: 'keeper', ...outcome.event });
    }
    state = outcome.state;
  };
  const timer = setInterval(() => {
    look(null).catch((error) => deps.log.warn({ cause: String(error) }, 'could not tell about the keeper'));
  }, LOOK_MS);
  return { read: look, stop: () => clearInterval(timer) };
}
