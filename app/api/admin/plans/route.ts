// GET lists the plans; POST makes one: `{ name, …all numbers }`.

import { z } from 'zod';
import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { json } from '#lib/api/handle.ts';
import { createPlan } from '#lib/plans/change-plan.ts';
import { listPlans } from '#lib/plans/plans.ts';
import { NEW_PLAN, PLAN_NAME } from '#lib/sites/limit-bounds.ts';

const BODY = z.strictObject({ name: PLAN_NAME, ...NEW_PLAN.shape });

export const GET = handleAdmin(async ({ db }) => json({ plans: await listPlans(db) }));

export const POST = handleAdmin(async (call) => {
  const { name, ...numbers } = await readJson(call.request, BODY);
  await createPlan(call, call.who, name, numbers);
  return json({ name }, 201);
});
