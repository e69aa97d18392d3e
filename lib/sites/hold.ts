// Stopping a site until somebody starts it again, with the reason that its owner reads; and starting it again. The row
// says it; the deploy worker does it.

import { audit, KEEPER, type Who } from '../audit/audit.ts';
import type { Db } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { heldWords } from './held.ts';

type Named = { id: string; name: string };

/** By an admin. A site that is held already has a new reason. Throws `not-found` for one that is being deleted. */
export async function holdSite(db: Db, who: Who, { id, name }: Named, reason: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const before = await tx.site.findUnique({ where: { id }, select: { state: true, heldBy: true, heldFor: true } });
    if (!before || before.state === 'deleting') throw siteNotFound();
    await tx.site.update({ where: { id }, data: { heldBy: 'admin', heldFor: reason, heldAt: new Date() } });
    const held = { heldBy: before.heldBy, heldFor: before.heldFor };
    const after = { heldBy: 'admin', heldFor: reason };
    await audit(tx, { ...who, action: 'site.hold', subject: name, siteId: id, before: held, after });
    const text = `An admin stopped the site: ${reason}`;
    await tx.event.create({ data: { siteId: id, kind: 'held', level: 'over', text } });
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
  });
}

/** Ends any hold. A site that is not held is left as it is. */
export async function releaseSite(db: Db, who: Who, { id, name }: Named): Promise<void> {
  await db.$transaction(async (tx) => {
    const before = await tx.site.findUnique({ where: { id }, select: { heldBy: true, heldFor: true } });
    if (!before) throw siteNotFound();
    if (before.heldBy === null) return;
    await tx.site.update({ where: { id }, data: released() });
    await audit(tx, { ...who, action: 'site.release', subject: name, siteId: id, before, after: { heldBy: null } });
    const text = 'An admin started the site again.';
    await tx.event.create({ data: { siteId: id, kind: 'released', text } });
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
  });
}

/** By the owner, which a storm allows. Not held is no error. Throws `admin-only` for a site that somebody else stopped. */
export async function startSite(db: Db, { id, name }: Named): Promise<void> {
  await db.$transaction(async (tx) => {
    const site = await tx.site.findUnique({ where: { id }, select: { heldBy: true, heldFor: true } });
    if (!site) throw siteNotFound();
    if (site.heldBy === null) return;
    if (site.heldBy !== 'storm') {
      throw new AppError('admin-only', {
        message: `Only an admin can start the site ${name} again.`,
        hint: heldWords(site)?.message ?? 'Ask an admin.',
      });
    }
    await tx.site.update({ where: { id }, data: released() });
    await tx.event.create({ data: { siteId: id, kind: 'released', text: 'You started the site again.' } });
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
  });
}

/**
 * By the limits policy, whose event is the verdict's. Answers false for a site that is held already or not live: who was
 * first has the word.
 */
export async function holdByPolicy(
  db: Db,
  id: string,
  cause: 'storm' | 'network',
  text: string,
  at = new Date(),
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const where = { id, state: 'live' as const, heldBy: null };
    const held = { heldBy: cause, heldFor: text };
    const [site] = await tx.site.updateManyAndReturn({ where, data: { ...held, heldAt: at } });
    if (!site) return false;
    await audit(tx, { ...KEEPER, action: 'site.hold', subject: site.name, siteId: id, after: held });
    await addJob(tx, 'converge', { siteId: id });
    await notify(tx, 'site', id);
    return true;
  });
}

/** The container is made anew, because nobody knows any more what was ended in the old one. */
function released() {
  const none = { heldBy: null, heldFor: null, heldAt: null };
  return { ...none, rest: 'awake' as const, activeAt: new Date(), generation: { increment: 1 } };
}
