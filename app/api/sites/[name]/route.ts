// GET tells about a site what its viewer may know. DELETE removes it: a member's can be brought back for a while, unless
// it is to go `?now=1` or with `{ now: true }`, and then also one that was deleted before.

import { z } from 'zod';
import { adminOver } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { type Call, handle, json } from '#lib/api/handle.ts';
import { siteAnswer } from '#lib/api/site-answer.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requestDelete, requestDeleteWithUndo } from '#lib/sites/delete.ts';
import { findDeleted } from '#lib/sites/undelete.ts';
import { viewSite } from '#lib/sites/view.ts';

type Params = { name: string };

const BODY = z.object({ now: z.boolean().default(false) });

export const GET = handle<Params>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  return json(siteAnswer(viewSite(call.settings, site, site.standing)));
});

export const DELETE = handle<Params>(async (call) => {
  const { now } = await readJson(call.request, BODY);
  const isNow = now || new URL(call.request.url).searchParams.get('now') === '1';
  const { name, undoUntil } = isNow ? await deleteNow(call) : await deleteWithUndo(call);
  return json({ name, state: 'deleting', undoUntil }, 202);
});

async function deleteNow(call: Call<Params>) {
  const site = (await findDeleted(call, call.params.name)) ?? (await requireSiteOf(call, call.params.name, 'own'));
  await requestDelete(call.db, site, adminOver(call, site));
  return { name: site.name, undoUntil: null };
}

async function deleteWithUndo(call: Call<Params>) {
  const { db, settings } = call;
  const site = await requireSiteOf(call, call.params.name, 'own');
  const by = adminOver(call, site);
  const undoUntil = by ? null : await requestDeleteWithUndo(db, site, settings.undoHours);
  if (by) await requestDelete(db, site, by);
  return { name: site.name, undoUntil };
}
