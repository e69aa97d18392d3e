// GET lists the plans; POST makes one: `{ name, …all numbers }`.

import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { NAMED_PLAN } from '#lib/api/contract/admin.ts';
import { json } from '#lib/api/handle.ts';
import { createPlan } from '#lib/plans/change-plan.ts';
import { listPlans } from '#lib/plans/plans.ts';

export const GET = handleAdmin(async ({ db }) => json({ plans: await listPlans(db) }));

export const POST = handleAdmin(async (call) => {
  const { name, ...numbers } = await readJson(call.request, NAMED_PLAN);
  await createPlan(call, call.who, name, numbers);
  return json({ name }, 201);
});
