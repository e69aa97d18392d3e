// The site that a request names, if its viewer may do with it what the request is for.

import type { Db } from '../db/client.ts';
import { requireSecret, type Settings } from '../env.ts';
import { siteNotFound } from '../errors/app-error.ts';
import type { Access, Viewer } from '../sites/access.ts';
import { requireSite, type SeenSite } from '../sites/find.ts';
import { isSiteName } from '../sites/names.ts';

interface Deps {
  db: Db;
  settings: Settings;
  viewer: Viewer;
}

/** Throws as `requireSite`; what can be no site's name never reaches the database. */
export async function requireSiteOf(deps: Deps, name: string, need: Access): Promise<SeenSite> {
  if (!isSiteName(name)) throw siteNotFound();
  return requireSite(deps.db, requireSecret(deps.settings), deps.viewer, name, need);
}
