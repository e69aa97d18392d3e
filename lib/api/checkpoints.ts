// The API of a site's checkpoints: list, make, drop, go back to one, copy the site. Lookers see them, developers make them; going back and
// dropping take something away, and are the owners', as copying is, for the copy has all secrets of the disk.

import { clientAddress } from '../auth/client-address.ts';
import { parseCheckpointId } from '../checkpoints/id.ts';
import { requestCheckpoint, requestDrop, requestRestore } from '../checkpoints/request.ts';
import { listCheckpoints, viewCheckpoint } from '../checkpoints/view.ts';
import { requestClone } from '../sites/clone.ts';
import { SITE_WITH_ALL } from '../sites/find.ts';
import { viewSite } from '../sites/view.ts';
import { adminOver } from './admin.ts';
import { readJson, readQuery } from './body.ts';
import { NEW_CHECKPOINT, RESTORE } from './contract/checkpoints.ts';
import { PAGE } from './contract/operation.ts';
import { CLONE } from './contract/sites.ts';
import { type Call, json } from './handle.ts';
import { pageOf } from './page.ts';
import { siteAnswer } from './site-answer.ts';
import { requireSiteOf } from './site-of.ts';

type Named = { name: string };
type One = { name: string; id: string };

export async function listOfSite(call: Call<Named>): Promise<Response> {
  const site = await requireSiteOf(call, call.params.name, 'view');
  const all = await listCheckpoints(call.db, site);
  const { page, cursor } = pageOf(all.checkpoints, readQuery(call.request, PAGE));
  return json({ ...all, checkpoints: page, cursor });
}

export async function makeForSite(call: Call<Named>): Promise<Response> {
  const site = await requireSiteOf(call, call.params.name, 'develop');
  const { label } = await readJson(call.request, NEW_CHECKPOINT);
  const made = await requestCheckpoint(call.db, site, label ?? null, adminOver(call, site));
  return json({ checkpoint: viewCheckpoint(made) }, 202);
}

export async function dropOfSite(call: Call<One>): Promise<Response> {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const id = parseCheckpointId(call.params.id);
  await requestDrop(call.db, site, id, adminOver(call, site));
  return json({ id, status: 'dropping' }, 202);
}

export async function restoreOfSite(call: Call<One>): Promise<Response> {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { withoutUndo } = await readJson(call.request, RESTORE);
  const id = parseCheckpointId(call.params.id);
  const { undo } = await requestRestore(call.db, site, id, { withoutUndo, by: adminOver(call, site) });
  return json({ name: site.name, restore: 'under way', undo }, 202);
}

export async function cloneSite(call: Call<Named>): Promise<Response> {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { name, checkpoint } = await readJson(call.request, CLONE);
  const clone = await requestClone(call, {
    site,
    checkpointId: checkpoint ? parseCheckpointId(checkpoint) : null,
    name: name ?? null,
    address: clientAddress(call.request.headers),
    by: adminOver(call, site),
  });
  const row = await call.db.site.findUniqueOrThrow({ where: { id: clone.id }, include: SITE_WITH_ALL });
  return json(siteAnswer(viewSite(call.settings, row, site.standing)), 201);
}
