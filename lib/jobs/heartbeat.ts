// Which processes of the control plane live. One that was killed stops beating; what it held is then freed: its jobs
// (graphile-worker would keep them locked for four hours) and its running deployments.

import type { Db } from '../db/client.ts';
import type { Log } from '../log.ts';

const BEAT_MS = 2_000;
const DEAD_MS = 10_000;

/**
 * Beats for these names, which may grow, until stopped. `onDead` is given the names that have stopped beating, once
 * each.
 */
export function keepBeating(
  deps: { db: Db; log: Log },
  names: ReadonlySet<string>,
  onDead: (dead: string[]) => Promise<void>,
): () => Promise<void> {
  const beat = async () => {
    await deps.db.$executeRaw`
      insert into "Heartbeat" (process, at) select name, now() from unnest(${[...names]}::text[]) as name on conflict (process) do update set at = now()`;
    const dead = await deps.db.$queryRaw<{ process: string }[]>`
      select process from "Heartbeat" where at < now() - ${DEAD_MS} * interval '1 millisecond'`;
    if (dead.length === 0) return;
    const silent = dead.map(({ process }) => process);
    await onDead(silent);
    await deps.db.heartbeat.deleteMany({ where: { process: { in: silent } } });
  };
  const safely = () => beat().catch((error) => deps.log.warn({ cause: String(error) }, 'could not beat'));
  const timer = setInterval(safely, BEAT_MS);
  void safely();
  return async () => {
    clearInterval(timer);
    await deps.db.heartbeat.deleteMany({ where: { process: { in: [...names] } } }).catch(() => {}); // The database may be gone first.
  };
}
