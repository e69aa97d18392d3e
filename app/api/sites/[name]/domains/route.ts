// GET lists a site's domains, with the records that each needs. POST adds one: `{ name }`.

import { adminOver } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { NEW_DOMAIN } from '#lib/api/contract/domains.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { addDomain } from '#lib/domains/change.ts';
import { listDomains } from '#lib/domains/view.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  return json(await listDomains(call.db, call.settings, site));
});

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { name } = await readJson(call.request, NEW_DOMAIN);
  const added = await addDomain(call, { site, by: adminOver(call, site) }, name);
  const { domains } = await listDomains(call.db, call.settings, site);
  return json({ domain: domains.find((domain) => domain.name === added) }, 201);
});
