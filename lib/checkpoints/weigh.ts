// Finds out what sites' checkpoints hold, for their pages. It reads the disks' trees, which takes long where there are many
// files: one site after the other, only where something changed, and for a small share of one core.

import type { Db } from '../db/client.ts';
import type { Disk } from '../disk/disk.ts';
import type { Log } from '../log.ts';
import { checkpointsChanged } from './changed.ts';

export interface WeighDeps {
  db: Db;
  disk: Pick<Disk, 'heldBySnapshots'>;
  log: Log;
}

const SHARE = 0.05;
/** What is written or deleted in less than this is left for the next change. */
const CHANGE_BYTES_MIN = 1 << 20;

interface Weighed {
  checkpoints: string;
  diskBytes: number;
}

export function createScales(deps: WeighDeps, nowMs: () => number = () => performance.now()) {
  const weighed = new Map<string, Weighed>();
  let notBefore = 0;

  async function weigh(siteId: string): Promise<void> {
    const startMs = nowMs();
    const held = await deps.disk.heldBySnapshots(siteId);
    notBefore = nowMs() + (nowMs() - startMs) / SHARE;
    if (held) await record(deps.db, siteId, held);
  }

  return {
    /** Weighs what changed since the last look, as far as the share allows. */
    async look(): Promise<void> {
      const rows = await readRows(deps.db);
      const present = new Set(rows.map(({ siteId }) => siteId));
      for (const siteId of weighed.keys()) if (!present.has(siteId)) weighed.delete(siteId);
      for (const { siteId, checkpoints, diskBytes } of rows) {
        const before = weighed.get(siteId);
        const isSame = before?.checkpoints === checkpoints && Math.abs(before.diskBytes - diskBytes) < CHANGE_BYTES_MIN;
        if (isSame || nowMs() < notBefore) continue;
        weighed.set(siteId, { checkpoints, diskBytes });
        await weigh(siteId).catch((cause) => {
          // One was dropped meanwhile: that is a change, which the next look sees.
          deps.log.info({ siteId, cause: String(cause) }, 'checkpoints were not weighed');
        });
      }
    },
  };
}

/** Sites that have checkpoints, or had them when they were weighed. */
async function readRows(db: Db) {
  const rows = await db.$queryRaw<{ siteId: string; checkpoints: string; diskBytes: bigint }[]>`
    select s.id as "siteId", coalesce(u."diskBytes", 0) as "diskBytes",
      coalesce((select string_agg(c.id::text, ' ' order by c.id) from "Checkpoint" c
        where c."siteId" = s.id and c.status = 'ready'), '') as checkpoints
    from "Site" s left join "Usage" u on u."siteId" = s.id
    where s.state = 'live' and (s."checkpointsBytes" > 0 or exists (
      select from "Checkpoint" c where c."siteId" = s.id and c.status = 'ready'))`;
  return rows.map((row) => ({ ...row, diskBytes: Number(row.diskBytes) }));
}

async function record(db: Db, siteId: string, held: { bytes: number; each: Map<string, number> }): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.site.updateMany({ where: { id: siteId }, data: { checkpointsBytes: held.bytes } });
    for (const [id, heldBytes] of held.each) {
      await tx.checkpoint.updateMany({ where: { id, siteId }, data: { heldBytes } });
    }
    await checkpointsChanged(tx, siteId);
  });
}
