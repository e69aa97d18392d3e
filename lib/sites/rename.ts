// Another name for a site: another address, another remote, the same everything else. The old name leads to it for a
// while, and can be taken back.

import { audit, type Who } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import { isUniqueViolation } from '../db/unique-violation.ts';
import { AppError, siteNotFound } from '../errors/app-error.ts';
import { addJob } from '../jobs/add.ts';
import { nameTaken, parseSiteName } from './names.ts';
import { isNameFree, OLD_NAME_DAYS } from './old-names.ts';

/** Names that one site keeps from others at a time, besides its own. */
const OLD_NAMES_MAX = 5;

/**
 * Answers the new name. The one it has changes nothing. Throws `bad-name`, `name-taken`, `site-not-ready` unless the site
 * is live, and `too-many-requests` when it has had many names lately. `by` is the admin who does it to another's site.
 */
export async function renameSite(
  db: Db,
  site: { id: string; name: string },
  text: string,
  by: Who | null = null,
): Promise<string> {
  const name = parseSiteName(text);
  const work = db.$transaction((tx) => rename(tx, site.id, name, by));
  return work.catch((error: unknown) => {
    if (isUniqueViolation(error)) throw nameTaken(name);
    throw error;
  });
}

async function rename(tx: Transaction, id: string, name: string, by: Who | null): Promise<string> {
  await tx.$executeRaw`select 1 from "Site" where id = ${id}::uuid for update`;
  const site = await tx.site.findUnique({ where: { id }, select: { name: true, state: true } });
  if (!site || site.state === 'deleting') throw siteNotFound();
  if (site.name === name) return name;
  if (site.state !== 'live') {
    throw new AppError('site-not-ready', {
      message: `The site ${site.name} is not live, so it cannot be renamed.`,
      hint: 'Its page says what it waits for.',
    });
  }
  if (!(await isNameFree(tx, name, id))) throw nameTaken(name);
  await judgeOldNames(tx, id, name);
  const expiresAt = new Date(Date.now() + OLD_NAME_DAYS * 86_400_000);
  // Of what is free by now, also another site's.
  const over = { siteId: id, expiresAt: { lte: new Date() } };
  await tx.oldName.deleteMany({ where: { OR: [{ name: { in: [name, site.name] } }, over] } });
  await tx.oldName.create({ data: { name: site.name, siteId: id, expiresAt } });
  await tx.site.update({ where: { id }, data: { name } });
  const text = `${by ? 'An admin' : 'You'} renamed the site from ${site.name} to ${name}.`;
  await tx.event.create({ data: { siteId: id, kind: 'renamed', text } });
  const change = { before: { name: site.name }, after: { name } };
  if (by) await audit(tx, { ...by, action: 'site.rename', subject: name, siteId: id, ...change });
  await addJob(tx, 'converge', { siteId: id });
  await notify(tx, 'site', id);
  return name;
}

async function judgeOldNames(tx: Transaction, siteId: string, name: string): Promise<void> {
  const kept = await tx.oldName.findMany({
    where: { siteId, name: { not: name }, expiresAt: { gt: new Date() } },
    orderBy: { expiresAt: 'asc' },
  });
  const first = kept[0];
  if (kept.length < OLD_NAMES_MAX || !first) return;
  throw new AppError('too-many-requests', {
    message: `${kept.length} earlier names still lead to this site, which is the most it may have.`,
    hint: `Take one of them back, or wait until ${first.name} is free on ${first.expiresAt.toISOString().slice(0, 10)}.`,
  });
}
