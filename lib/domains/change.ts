// What an owner asks for: another domain, a look at one, an end of one. The deploy worker does it.

import { randomBytes } from 'node:crypto';
import { audit, type Who } from '../audit/audit.ts';
import type { Db, Transaction } from '../db/client.ts';
import { notify } from '../db/notify.ts';
import type { Settings } from '../env.ts';
import { AppError } from '../errors/app-error.ts';
import { parseDomain } from './name.ts';

/** Each is looked up again and again, and may have a certificate. */
export const DOMAINS_MAX = 20;
const LOOK_PAUSE_MS = 3_000;

interface Deps {
  db: Db;
  settings: Settings;
}
interface Asked {
  site: { id: string; name: string };
  /** The admin who does it to somebody else's site. */
  by: Who | null;
}

/**
 * Answers the name in the letters of DNS; one that is there already stays as it is. Throws `bad-domain`, and
 * `too-many-domains` beyond twenty.
 */
export async function addDomain({ db, settings }: Deps, { site, by }: Asked, text: string): Promise<string> {
  const name = parseDomain(text, settings);
  const siteId = site.id;
  await db.$transaction(async (tx) => {
    await tx.$queryRaw`select 1 from "Site" where id = ${siteId}::uuid for update`; // One after the other, for the count.
    if (await tx.domain.findUnique({ where: { siteId_name: { siteId, name } } })) return;
    if ((await tx.domain.count({ where: { siteId } })) >= DOMAINS_MAX) {
      throw new AppError('too-many-domains', {
        message: `The site has ${DOMAINS_MAX} domains, which is the most.`,
        hint: 'Remove one that it does not need any more.',
      });
    }
    await tx.domain.create({ data: { siteId, name, proof: randomBytes(15).toString('base64url') } });
    await told(tx, site, by, 'domain.add', name);
  });
  return name;
}

/** Its visitors find nothing from now on, and its certificate goes. Throws `not-found`. */
export async function removeDomain({ db }: Pick<Deps, 'db'>, { site, by }: Asked, text: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.domain.deleteMany({ where: { siteId: site.id, name: text } });
    if (count === 0) throw noSuchDomain();
    await tx.event.create({ data: { siteId: site.id, kind: 'domain', text: `${text} was removed.` } });
    await told(tx, site, by, 'domain.remove', text);
  });
}

/** Has DNS asked now, and a certificate ordered now that waits after a failure. Throws `not-found`. */
export async function askForLook({ db }: Pick<Deps, 'db'>, { site }: Pick<Asked, 'site'>, name: string): Promise<void> {
  const domain = await db.domain.findUnique({ where: { siteId_name: { siteId: site.id, name } } });
  if (!domain) throw noSuchDomain();
  const now = new Date();
  if (domain.lookedAt && now.getTime() - domain.lookedAt.getTime() < LOOK_PAUSE_MS) return;
  await db.domain.updateMany({ where: { siteId: site.id, name }, data: { lookAt: now } });
  await notify(db, 'domains');
}

async function told(tx: Transaction, site: Asked['site'], by: Who | null, action: string, name: string): Promise<void> {
  if (by) await audit(tx, { ...by, action, subject: site.name, siteId: site.id, after: { name } });
  await notify(tx, 'domains');
  await notify(tx, 'site', site.id);
}

function noSuchDomain(): AppError {
  return new AppError('not-found', {
    message: 'The site has no such domain.',
    hint: 'Its page Domains lists those that it has.',
  });
}
