// GET tells about a site what its viewer may know. DELETE removes it: a member's can be brought back for a while, unless
// it is to go `?now=1` or with `{ now: true }`, and then also one that was deleted before.

import { adminOver } from '#lib/api/admin.ts';
import { readJson, readQuery } from '#lib/api/body.ts';
import { DELETE_SITE, DELETE_SITE_QUERY } from '#lib/api/contract/sites.ts';
import { handle, json } from '#lib/api/handle.ts';
import { siteAnswer } from '#lib/api/site-answer.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { siteNotFound } from '#lib/errors/app-error.ts';
import { requestDelete, requestDeleteWithUndo } from '#lib/sites/delete.ts';
import { findDeleted } from '#lib/sites/undelete.ts';
import { viewSite } from '#lib/sites/view.ts';

type Params = { name: string };

export const GET = handle<Params>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'view');
  return json(siteAnswer(viewSite(call.settings, site, site.standing)));
});

export const DELETE = handle<Params>(async (call) => {
  const { db, params, request, settings } = call;
  const deleted = await findDeleted(call, params.name);
  const site = deleted ?? (await requireSiteOf(call, params.name, 'own'));
  const { now } = await readJson(request, DELETE_SITE);
  const isNow = now || readQuery(request, DELETE_SITE_QUERY).now === '1';
  if (deleted && !isNow) throw siteNotFound();
  const by = adminOver(call, site);
  const canComeBack = !isNow && by === null;
  const undoUntil = canComeBack ? await requestDeleteWithUndo(db, site, settings.undoHours) : null;
  if (!canComeBack) await requestDelete(db, site, by);
  return json({ name: site.name, state: 'deleting', undoUntil }, 202);
});
