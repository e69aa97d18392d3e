// The wish for a copy: a new site of the same owner, with the disk of this one as it is now or at a checkpoint. It is
// admitted as a launch is, and refused with the same numbers; a worker copies the disk.

import { audit, type Who } from '../audit/audit.ts';
import { notReady, requireCheckpoint } from '../checkpoints/request.ts';
import type { Db, Transaction } from '../db/client.ts';
import type { Plan, Site, User } from '../db/generated/client.ts';
import { notify } from '../db/notify.ts';
import { isUniqueViolation } from '../db/unique-violation.ts';
import type { Settings } from '../env.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { judgeLaunchTotals, lockUser, planNameOf, readTotals, totalsMaxOf } from '../users/totals.ts';
import { judgeRoom } from './admission.ts';
import { admit, claimOf, insertNew, oneAtATime, requirePlan } from './launch.ts';
import { limitsOf, OWN_LIMITS } from './limits.ts';
import { nameTaken, parseSiteName } from './names.ts';
import { isNameFree } from './old-names.ts';

export interface CloneRequest {
  site: Pick<Site, 'id' | 'name'>;
  /** Null: as it is now. */
  checkpointId: string | null;
  name: string | null;
  /** The client's IP address. */
  address: string;
  by?: Who | null;
}

type Deps = { db: Db; settings: Settings };
type Source = Site & { plan: Plan; owner: User | null };

/**
 * Answers the new site, which has to be made yet. Throws `bad-name`, `name-taken`, `not-found` for the checkpoint,
 * `site-not-ready`, and `too-many-launches`, `too-many-sites`, `over-total` or `host-full` as a launch.
 */
export async function requestClone(deps: Deps, request: CloneRequest): Promise<Site> {
  const name = request.name === null || request.name.trim() === '' ? null : parseSiteName(request.name);
  const work = deps.db.$transaction(async (tx) => {
    const source = await requireSource(tx, request.site);
    const { owner } = source;
    const cloneOfId = await requireOriginal(tx, source, request.checkpointId);
    await oneAtATime(tx, { address: request.address, owner, name, key: null });
    await lockUser(tx, owner.id);
    await admit(deps, tx, { address: request.address, owner, name, key: null });
    await admitCopy(tx, source);
    if (name && !(await isNameFree(tx, name))) throw nameTaken(name);
    const claim = claimOf(owner, source.plan, { address: request.address, owner, name, key: null });
    const own = Object.fromEntries(OWN_LIMITS.map((limit) => [limit, source[limit]]));
    const inserted = await insertNew(deps, tx, limitedPlan(source), claim, name);
    const site = await tx.site.update({ where: { id: inserted.id }, data: { ...own, cloneOfId } });
    await tx.launch.create({ data: { address: request.address } });
    await note(tx, request, site);
    return site;
  });
  return work.catch((error: unknown) => {
    if (name && isUniqueViolation(error)) throw nameTaken(name);
    throw error;
  });
}

async function requireSource(tx: Transaction, { id, name }: CloneRequest['site']): Promise<Source & { owner: User }> {
  const source = await tx.site.findUnique({ where: { id }, include: { plan: true, owner: true } });
  if (!source?.owner || source.state === 'deleting') throw siteNotFound();
  if (source.state === 'live' && !source.restoringId) return { ...source, owner: source.owner };
  throw new AppError('site-not-ready', {
    message: `The site ${name} is ${source.restoringId ? 'being restored' : 'not live'}, so it cannot be cloned now.`,
    hint: 'Try again when its page says that it is live.',
  });
}

/** What the owner's sites may be promised together, and what the copy really takes of the pool, at once. */
async function admitCopy(tx: Transaction, source: Source & { owner: User }): Promise<void> {
  const { owner } = source;
  const [host, usage] = await Promise.all([
    tx.host.findUnique({ where: { node: 'local' } }),
    tx.usage.findUnique({ where: { siteId: source.id }, select: { diskBytes: true } }),
  ]);
  const poolBytesFree = Number(host?.poolBytesFree ?? 0) - Number(usage?.diskBytes ?? 0);
  if (host) judgeRoom({ poolBytes: Number(host.poolBytes), poolBytesFree });
  if (owner.role === 'admin') return;
  const max = totalsMaxOf(owner, await requirePlan(tx, planNameOf(owner)));
  const now = await readTotals(tx, owner.id);
  if (now.sites >= max.sites) {
    throw new AppError('too-many-sites', {
      message: `You have ${now.sites} of ${max.sites} ${max.sites === 1 ? 'site' : 'sites'}, and a clone is one more.`,
      hint: 'Delete one of them to clone another.',
    });
  }
  const limits = limitsOf(source);
  judgeLaunchTotals(now, { diskBytes: limits.diskBytesMax, memoryBytes: limits.memoryBytesMax }, max);
}

/** The checkpoint that is copied: the one that was chosen, or one for this alone, which goes afterwards. */
async function requireOriginal(tx: Transaction, source: Source, checkpointId: string | null): Promise<string> {
  if (checkpointId === null) {
    return (await tx.checkpoint.create({ data: { siteId: source.id, cause: 'clone' } })).id;
  }
  const checkpoint = await requireCheckpoint(tx, source, checkpointId);
  if (checkpoint.status !== 'ready') throw notReady(checkpoint);
  return checkpoint.id;
}

/** What the copy is promised, for the judgement of the machine. */
function limitedPlan(source: Source): Plan {
  const { diskBytesMax, memoryBytesMax } = limitsOf(source);
  return { ...source.plan, diskBytesMax: BigInt(diskBytesMax), memoryBytesMax: BigInt(memoryBytesMax) };
}

async function note(tx: Transaction, { site: source, by }: CloneRequest, site: Site): Promise<void> {
  if (by)
    await audit(tx, {
      ...by,
      action: 'site.clone',
      subject: source.name,
      siteId: source.id,
      after: { clone: site.name },
    });
  await tx.event.create({
    data: { siteId: source.id, kind: 'cloned', text: `The site was cloned into ${site.name}.` },
  });
  for (const siteId of [source.id, site.id]) {
    await addJob(tx, 'converge', { siteId });
    await notify(tx, 'site', siteId);
  }
}
