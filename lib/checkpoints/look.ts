// Which sites' checkpoints are not what their rows say, with one statement and one look at the disks. What it names,
// `converge` puts right.

import type { Db } from '../db/client.ts';
import type { Disk } from '../disk/disk.ts';
import { DEPLOYMENT_KEPT, NEAR_FULL_SHARE, RESTORE_KEPT } from './plan.ts';

export async function sitesToTend({ db, disk }: { db: Db; disk: Pick<Disk, 'snapshots'> }, siteIds: string[]) {
  const [asked, rows] = await Promise.all([
    db.$queryRaw<{ id: string }[]>`
      with checkpoints as (
        select "siteId" as id, bool_or(status in ('making', 'dropping') or cause = 'clone') as "isAsked",
          count(*) filter (where status = 'ready' and cause = 'deployment') as deployments,
          count(*) filter (where status = 'ready' and cause = 'restore') as restores
        from "Checkpoint" group by 1
      )
      select s.id from checkpoints c join "Site" s using (id) join "Plan" p on p.name = s."planName"
        left join "Usage" u on u."siteId" = s.id
      where s.state = 'live' and (
        c."isAsked" or c.deployments > ${DEPLOYMENT_KEPT} or c.restores > ${RESTORE_KEPT} or (
          c.deployments + c.restores > 0
          and u."diskBytes" >= ${NEAR_FULL_SHARE}::float8 * coalesce(s."diskBytesMax", p."diskBytesMax")
        )
      )`,
    db.checkpoint.findMany({ where: { status: 'ready' }, select: { id: true, siteId: true } }),
  ]);
  const known = Map.groupBy(rows, ({ siteId }) => siteId);
  const differs = async (siteId: string) => {
    const there = await disk.snapshots(siteId);
    const wanted = known.get(siteId) ?? [];
    return there.length !== wanted.length || wanted.some(({ id }) => !there.includes(id));
  };
  const different: string[] = [];
  for (const siteId of siteIds) if (await differs(siteId)) different.push(siteId);
  return new Set([...asked.map(({ id }) => id), ...different]);
}
