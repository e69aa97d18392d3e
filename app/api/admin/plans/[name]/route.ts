// PATCH changes a plan's numbers, and with them all of its sites: `{ change, preview? }`. DELETE removes a plan that
// nobody has.

import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { PLAN_EDIT } from '#lib/api/contract/admin.ts';
import { json } from '#lib/api/handle.ts';
import { changePlan, deletePlan } from '#lib/plans/change-plan.ts';

export const PATCH = handleAdmin<{ name: string }>(async (call) => {
  const request = await readJson(call.request, PLAN_EDIT);
  return json(await changePlan(call, call.who, call.params.name, request));
});

export const DELETE = handleAdmin<{ name: string }>(async (call) => {
  await deletePlan(call, call.who, call.params.name);
  return json({ name: call.params.name, deleted: true });
});
