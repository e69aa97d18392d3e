// Does what the policy decided: changes the site's row, if it still is what was judged, and asks the deploy worker to make
// the machine like it. Each answers whether it happened. What takes something from somebody is in the audit log; sleep,
// which the next visitor ends, is not.

import { audit, KEEPER } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { addJob, type JobName } from '../jobs/add.ts';
import { requestDelete } from '../sites/delete.ts';
import { holdByPolicy } from '../sites/hold.ts';
import type { JudgedSite } from './judged.ts';
import type { Action } from './verdict.ts';

export async function act(db: Db, site: JudgedSite, action: Action, now: Date): Promise<boolean> {
  switch (action.do) {
    case 'rest':
      return change(db, site.id, 'converge', (tx) => putToRest(tx, site, action.rest));
    case 'hold':
      return holdByPolicy(db, site.id, action.cause, action.text, now);
    case 'hold-disk':
      return holdDisk(db, site.id, action.text);
    case 'release-disk':
      return releaseDisk(db, site.id, site.diskHeldFor);
    case 'delete':
      return expire(db, site.id, now);
  }
}

/** The disk takes nothing more. A disk that is held already keeps its reason. */
export async function holdDisk(db: Db, siteId: string, text: string): Promise<boolean> {
  return change(
    db,
    siteId,
    'limits',
    async (tx) => {
      const where = { id: siteId, diskHeldFor: null, state: { not: 'deleting' as const } };
      return (await tx.site.updateMany({ where, data: { diskHeldFor: text } })).count;
    },
    { action: 'site.hold-disk', after: { diskHeldFor: text } },
  );
}

/** The disk has its own limit again, if it is still held for this reason. */
export async function releaseDisk(db: Db, siteId: string, text: string | null): Promise<boolean> {
  return change(
    db,
    siteId,
    'limits',
    async (tx) => {
      const where = { id: siteId, diskHeldFor: text, NOT: { diskHeldFor: null } };
      return (await tx.site.updateMany({ where, data: { diskHeldFor: null } })).count;
    },
    { action: 'site.release-disk', after: { diskHeldFor: null } },
  );
}

/** Not when somebody has asked for the site since it was judged, and not under a running deployment. */
function putToRest(tx: Transaction, { id, rest, activeAt }: JudgedSite, next: 'frozen' | 'stopped'): Promise<number> {
  return tx.$executeRaw`
    update "Site" set rest = ${next}::"Rest"
    where id = ${id}::uuid and rest = ${rest}::"Rest" and "activeAt" = ${activeAt} and "heldBy" is null and state = 'live'
      and not exists (select 1 from "Deployment" d where d."siteId" = ${id}::uuid and d.status = 'running')`;
}

/** With the owner's role in the same statement: who has claimed his site meanwhile keeps it. */
async function expire(db: Db, id: string, now: Date): Promise<boolean> {
  const where = { id, expiresAt: { lte: now }, owner: { role: 'guest' as const }, state: { not: 'deleting' as const } };
  const isExpired = await db.$transaction(async (tx) => {
    const { count } = await tx.site.updateMany({ where, data: { state: 'deleting', launchKey: null } });
    if (count > 0) await note(tx, id, { action: 'site.delete', after: { state: 'deleting', because: 'expired' } });
    return count > 0;
  });
  if (isExpired) await requestDelete(db, { id });
  return isExpired;
}

async function change(
  db: Db,
  siteId: string,
  job: Extract<JobName, 'converge' | 'limits'>,
  update: (tx: Transaction) => Promise<number>,
  line: Line | null = null,
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    if ((await update(tx)) === 0) return false;
    if (line) await note(tx, siteId, line);
    await addJob(tx, job, { siteId });
    await notify(tx, 'site', siteId);
    return true;
  });
}

interface Line {
  action: string;
  after: Record<string, unknown>;
}

async function note(tx: Transaction, siteId: string, line: Line): Promise<void> {
  const { name } = await tx.site.findUniqueOrThrow({ where: { id: siteId }, select: { name: true } });
  await audit(tx, { ...KEEPER, ...line, subject: name, siteId });
}
