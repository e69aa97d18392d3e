// Which processes of the control plane live. One that was killed stops beating; what it held is then freed: its jobs
// (free.ts) and its running deployments.

import type { Db } from '../db/client.ts';
import type { Log } from '../log.ts';

const BEAT_MS = 2_000;
export const DEAD_MS = 10_000;

/** Beats for these names, which may grow, until stopped; and forgets those that have stopped beating. */
export function keepBeating(deps: { db: Db; log: Log }, names: ReadonlySet<string>): () => Promise<void> {
  const beat = async () => {
    await deps.db.$executeRaw`
      insert into "Heartbeat" (process, at) select name, now() from unnest(${[...names]}::text[]) as name on conflict (process) do update set at = now()`;
    await deps.db.$executeRaw`delete from "Heartbeat" where at < now() - ${DEAD_MS} * interval '1 millisecond'`;
  };
  const safely = () => beat().catch((error) => deps.log.warn({ cause: String(error) }, 'could not beat'));
  const timer = setInterval(safely, BEAT_MS);
  void safely();
  return async () => {
    clearInterval(timer);
    await deps.db.heartbeat.deleteMany({ where: { process: { in: [...names] } } }).catch(() => {}); // The database may be gone first.
  };
}
