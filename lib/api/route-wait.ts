// A ready site that was claimed under a name of the visitor's choice: its address answers when the proxy knows that
// name, which is milliseconds later. Nobody is shown an address before.

import { siteNotFound } from '../errors/app-error.ts';
import { SITE_WITH_ALL, type SiteRow } from '../sites/find.ts';
import type { Services } from './services.ts';

/** Then the site's page tells the rest of the launch as it happens. */
const WAIT_MS = 3_000;
/** Between looks when no bell rings. */
const LOOK_MS = 250;

/**
 * The site once its address answers, or as it is when that takes too long. Does not wait for a site that has to be made.
 * Throws `not-found` when it was deleted meanwhile.
 */
export async function awaitRoute({ db, bells }: Pick<Services, 'db' | 'bells'>, site: SiteRow): Promise<SiteRow> {
  if (!isRouteMissing(site)) return site;
  let wake = () => {};
  const deafen = bells.hear(site.id, () => wake());
  try {
    const deadline = Date.now() + WAIT_MS;
    let newest: SiteRow | null = site;
    while (newest && isRouteMissing(newest) && Date.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, LOOK_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      newest = await db.site.findUnique({ where: { id: site.id }, include: SITE_WITH_ALL });
    }
    if (!newest) throw siteNotFound();
    return newest;
  } finally {
    deafen();
  }
}

function isRouteMissing({ state, name, routedName }: SiteRow): boolean {
  return state === 'live' && routedName !== name;
}
