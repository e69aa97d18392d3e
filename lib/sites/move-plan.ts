// One site gets another plan than its owner's others.

import { audit, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { siteNotFound } from '../errors/app-error.ts';
import { planNotFound } from '../plans/plans.ts';
import { lockUser, overTotal, planNameOf, readTotals, totalRefused, totalsMaxOf } from '../users/totals.ts';
import { seenOf } from './change-limits.ts';
import { bringInForce, FOLLOWER } from './follow-limits.ts';
import { limitsOf } from './limits.ts';

/** Throws `not-found`, and `over-total` unless forced. */
export async function movePlan(
  { db }: { db: Db },
  who: Who,
  site: { id: string; name: string; ownerId: string | null },
  { planName, force }: { planName: string; force: boolean },
): Promise<void> {
  await db.$transaction(async (tx) => {
    if (site.ownerId) await lockUser(tx, site.ownerId);
    const plan = await tx.plan.findUnique({ where: { name: planName } });
    if (!plan) throw planNotFound(planName);
    await tx.$executeRaw`select 1 from "Site" where id = ${site.id}::uuid for update`;
    const row = await tx.site.findUnique({ where: { id: site.id }, include: { ...FOLLOWER, owner: true } });
    if (!row || row.state === 'deleting') throw siteNotFound();
    if (row.planName === planName) return;
    const [before, after] = [limitsOf(row), limitsOf({ ...row, plan })];
    if (row.owner && row.owner.role !== 'admin' && !force) {
      const own = await tx.plan.findUniqueOrThrow({ where: { name: planNameOf(row.owner) } });
      const now = await readTotals(tx, row.owner.id);
      const diskBytes = now.diskBytes - before.diskBytesMax + after.diskBytesMax;
      const memoryBytes = now.memoryBytes - before.memoryBytesMax + after.memoryBytesMax;
      const over = overTotal(now, { sites: now.sites, diskBytes, memoryBytes }, totalsMaxOf(row.owner, own));
      if (over) throw totalRefused(over);
    }
    const expiry = plan.lifetimeMinutes === null ? { expiresAt: null } : {};
    await tx.site.update({ where: { id: row.id }, data: { planName, ...expiry } });
    const words = { action: 'site.plan', subject: row.name, siteId: row.id };
    await audit(tx, { ...who, ...words, before: { planName: row.planName }, after: { planName } });
    await bringInForce(tx, [{ id: row.id, name: row.name, before, after, seen: seenOf(row, undefined) }]);
  });
}
