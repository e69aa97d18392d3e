// One site with a person in every role, and a stranger with a site of his own.

import { type Account, makeAccount, own, removeAccounts, share } from './accounts.ts';
import { launch, remove, type Site } from './fixtures.ts';

export interface Roles {
  site: Site;
  /** The stranger's. */
  foreign: Site;
  owner: Account;
  viewer: Account;
  developer: Account;
  stranger: Account;
}

export async function makeRoles(): Promise<Roles> {
  const [site, foreign] = [await launch(), await launch()];
  const [owner, viewer, developer, stranger] = [
    await makeAccount('olga'),
    await makeAccount('vera'),
    await makeAccount('dan'),
    await makeAccount('sam'),
  ];
  await own(site, owner);
  await own(foreign, stranger);
  await share(site, viewer, 'viewer');
  await share(site, developer, 'developer');
  return { site, foreign, owner, viewer, developer, stranger };
}

export async function removeRoles({ site, foreign, owner, viewer, developer, stranger }: Roles): Promise<void> {
  await remove(site);
  await remove(foreign);
  await removeAccounts(owner, viewer, developer, stranger);
}
