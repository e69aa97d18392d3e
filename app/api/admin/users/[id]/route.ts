// PATCH sets a user's plan and totals: `{ change, preview?, force? }`; null is the plan's.

import { z } from 'zod';
import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { json } from '#lib/api/handle.ts';
import { USER_CHANGE } from '#lib/sites/limit-bounds.ts';
import { changeUser, userNotFound } from '#lib/users/change-user.ts';

const BODY = z.strictObject({
  change: USER_CHANGE,
  preview: z.boolean().default(false),
  force: z.boolean().default(false),
});

export const PATCH = handleAdmin<{ id: string }>(async (call) => {
  const request = await readJson(call.request, BODY);
  if (!z.uuid().safeParse(call.params.id).success) throw userNotFound();
  return json(await changeUser(call, call.who, call.params.id, request));
});
