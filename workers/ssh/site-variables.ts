// The variables that a site's app runs with, for a shell in it.

import { unsealAll } from '#lib/environment/store.ts';
import type { Log } from '#lib/log.ts';
import type { Sites } from './sites.ts';

export interface VariablesDeps {
  sites: Pick<Sites, 'variablesOf'>;
  secret: string;
  log: Log;
}

/** Its owner gets in without them too, such as to find out why. */
export async function siteVariables(
  { sites, secret, log }: VariablesDeps,
  siteId: string,
): Promise<Record<string, string>> {
  try {
    return Object.fromEntries(unsealAll(secret, await sites.variablesOf(siteId)));
  } catch (cause) {
    log.warn({ site: siteId, cause: String(cause) }, 'a session begins without the site’s variables');
    return {};
  }
}
