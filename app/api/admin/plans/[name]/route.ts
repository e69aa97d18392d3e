// PATCH changes a plan's numbers, and with them all of its sites: `{ change, preview? }`. DELETE removes a plan that
// nobody has.

import { z } from 'zod';
import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { json } from '#lib/api/handle.ts';
import { changePlan, deletePlan } from '#lib/plans/change-plan.ts';
import { PLAN_CHANGE } from '#lib/sites/limit-bounds.ts';

const BODY = z.strictObject({ change: PLAN_CHANGE, preview: z.boolean().default(false) });

export const PATCH = handleAdmin<{ name: string }>(async (call) => {
  const request = await readJson(call.request, BODY);
  return json(await changePlan(call, call.who, call.params.name, request));
});

export const DELETE = handleAdmin<{ name: string }>(async (call) => {
  await deletePlan(call, call.who, call.params.name);
  return json({ name: call.params.name, deleted: true });
});
