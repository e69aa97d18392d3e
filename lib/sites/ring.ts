// The bell of all sites that a user may enter: what he enters them with has changed.

import type { Transaction } from '../db/client.ts';
import { notifyAll } from '../db/notify.ts';
import { visibleTo } from './find.ts';

/** The rest is found when everything is looked at. */
const RINGS_MAX = 1_000;

export async function ringSitesOf(tx: Transaction, userId: string): Promise<void> {
  const sites = await tx.site.findMany({
    where: visibleTo(userId),
    select: { id: true },
    take: RINGS_MAX,
  });
  const ids = sites.map(({ id }) => id);
  await notifyAll(tx, 'site', ids);
}
