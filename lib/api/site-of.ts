// The site that a request names, if its viewer may see it.

import type { Db } from '../db/client.ts';
import { requireSecret, type Settings } from '../env.ts';
import { siteNotFound } from '../errors/app-error.ts';
import { requireSite, type SiteRow, type Viewer } from '../sites/find.ts';
import { isSiteName } from '../sites/names.ts';

interface Deps {
  db: Db;
  settings: Settings;
  viewer: Viewer;
}

/** Throws `not-found`, also for what can be no site's name and so never reaches the database. */
export async function requireSiteOf(deps: Deps, name: string): Promise<SiteRow> {
  if (!isSiteName(name)) throw siteNotFound();
  return requireSite(deps.db, requireSecret(deps.settings), deps.viewer, name);
}
