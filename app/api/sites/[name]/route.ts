// GET tells about a site what its viewer may know. DELETE removes it: a member's can be brought back for a while, unless
// it is to go `?now=1` or with `{ now: true }`, and then also one that was deleted before.

import { z } from 'zod';
import { adminOver } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { handle, json } from '#lib/api/handle.ts';
import { siteAnswer } from '#lib/api/site-answer.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { siteNotFound } from '#lib/errors/app-error.ts';
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
  const { db, params, request, settings } = call;
  const deleted = await findDeleted(call, params.name);
  const site = deleted ?? (await requireSiteOf(call, params.name, 'own'));
  const { now } = await readJson(request, BODY);
  const isNow = now || new URL(request.url).searchParams.get('now') === '1';
  if (deleted && !isNow) throw siteNotFound();
  const by = adminOver(call, site);
  const canComeBack = !isNow && by === null;
  const undoUntil = canComeBack ? await requestDeleteWithUndo(db, site, settings.undoHours) : null;
  if (!canComeBack) await requestDelete(db, site, by);
  return json({ name: site.name, state: 'deleting', undoUntil }, 202);
});
