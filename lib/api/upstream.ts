// What a site follows, for its owners.

import { connectUpstream, disconnectUpstream, viewUpstream } from '../upstream/change.ts';
import { parseBranch, parseRepositoryUrl } from '../upstream/url.ts';
import { readJson } from './body.ts';
import { UPSTREAM } from './contract/checkpoints.ts';
import { type Call, json } from './handle.ts';
import { requireSiteOf } from './site-of.ts';

type SiteCall = Call<{ name: string }>;

export async function showUpstream(call: SiteCall): Promise<Response> {
  const site = await requireSiteOf(call, call.params.name, 'own');
  return json({ upstream: await readUpstream(call, site) });
}

export async function setUpstream(call: SiteCall): Promise<Response> {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { repository, branch } = await readJson(call.request, UPSTREAM);
  const wish = { url: parseRepositoryUrl(repository), branch: parseBranch(branch) };
  await call.db.$transaction((tx) => connectUpstream(tx, call.settings, site.id, wish));
  return json({ upstream: await readUpstream(call, site) }, 202);
}

export async function removeUpstream(call: SiteCall): Promise<Response> {
  const site = await requireSiteOf(call, call.params.name, 'own');
  await disconnectUpstream(call.db, site.id);
  return json({ upstream: null });
}

/** Null: the site follows nothing. */
export async function readUpstream(
  { db, settings }: Pick<SiteCall, 'db' | 'settings'>,
  site: { id: string; name: string; standing: { seesSecrets: boolean } },
) {
  const row = await db.upstream.findUnique({ where: { siteId: site.id } });
  return row && viewUpstream(settings, site.name, row, site.standing.seesSecrets);
}
