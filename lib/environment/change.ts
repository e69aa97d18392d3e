// The wish for other variables. The row is changed here; a worker starts the live release with them beside the one that
// serves (lib/deploy/environment.ts), and only when that is well they are in force.

import { audit, type Who } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { siteHeld } from '../sites/held.ts';
import { keepRevision, readSealed, unsealAll } from './store.ts';
import { changeBetween, describeChange, requireFit, type Variables } from './variables.ts';

export interface ChangeDeps {
  db: Db;
  secret: string;
}

export interface Wish {
  site: { id: string; name: string };
  /** The variables there shall be, given those that there are. */
  next: (before: Variables, tx: Transaction) => Variables | Promise<Variables>;
  /** The admin who does it to somebody else's site. */
  by: Who | null;
}

export interface Changed {
  revision: number;
  /** "1 added, 2 changed"; empty when the wish was fulfilled before. */
  what: string;
}

/** What who asked is told: whether the app is being restarted for it. */
export function viewChange({ revision, what }: Changed) {
  return { revision, changes: what || 'none', restart: what === '' ? 'not needed' : 'under way' };
}

/** Throws `bad-request`, `site-not-ready` unless the site is live, `site-held` where no release of it could start. */
export async function changeEnvironment({ db, secret }: ChangeDeps, { site, next, by }: Wish): Promise<Changed> {
  return db.$transaction(async (tx) => {
    const row = await lockSite(tx, site.id);
    const before = unsealAll(secret, await readSealed(tx, site.id, row.environmentRevision));
    const after = await next(before, tx);
    requireFit(after);
    const what = describeChange(before, after);
    if (what === '') return { revision: row.environmentRevision, what };

    const revision = row.environmentRevision + 1;
    await keepRevision(tx, secret, row, revision, after);
    await tx.site.update({ where: { id: site.id }, data: { environmentRevision: revision } });
    const text = `The environment was changed: ${what}.`;
    await tx.event.create({ data: { siteId: site.id, kind: 'environment', text, numbers: { revision } } });
    const names = [...changeBetween(before, after).keys()];
    if (by)
      await audit(tx, { ...by, action: 'site.environment', subject: site.name, siteId: site.id, after: { names } });
    await apply(tx, site.id);
    return { revision, what };
  });
}

/** Back to the variables before the last change, as another change. Throws `bad-request` when there was none. */
export async function undoChange(deps: ChangeDeps, { site, by }: Omit<Wish, 'next'>): Promise<Changed> {
  return changeEnvironment(deps, {
    site,
    by,
    async next(_, tx) {
      const { environmentRevision: revision } = await tx.site.findUniqueOrThrow({
        where: { id: site.id },
        select: { environmentRevision: true },
      });
      if (revision === 0) throw nothingToUndo();
      return unsealAll(deps.secret, await readSealed(tx, site.id, revision - 1));
    },
  });
}

/** Tries again to bring the variables in force. Throws as `changeEnvironment`. */
export async function applyAgain(db: Db, siteId: string): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockSite(tx, siteId);
    await apply(tx, siteId);
  });
}

async function apply(tx: Transaction, siteId: string): Promise<void> {
  await addJob(tx, 'environment', { siteId });
  await notify(tx, 'site', siteId);
}

async function lockSite(tx: Transaction, siteId: string) {
  await tx.$executeRaw`select 1 from "Site" where id = ${siteId}::uuid for update`;
  const site = await tx.site.findUnique({
    where: { id: siteId },
    select: {
      ...{ id: true, name: true, state: true, heldBy: true, heldFor: true },
      ...{ environmentRevision: true, liveEnvironment: true },
    },
  });
  if (!site || site.state === 'deleting') throw siteNotFound();
  // After a storm other variables may be the cure.
  if (site.heldBy && site.heldBy !== 'storm') throw siteHeld(site);
  if (site.state === 'live') return site;
  throw new AppError('site-not-ready', {
    message: `The site ${site.name} is not live yet, so it has no app to give variables to.`,
    hint: 'Its page says what it waits for.',
  });
}

function nothingToUndo(): AppError {
  return new AppError('bad-request', {
    message: 'There is no change of the environment to undo.',
    hint: 'Set or remove variables instead.',
  });
}
