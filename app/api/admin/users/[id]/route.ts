// PATCH sets a user's plan and totals: `{ change, preview?, force? }`; null is the plan's.

import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { USER_EDIT } from '#lib/api/contract/admin.ts';
import { GIVEN_ID } from '#lib/api/contract/operation.ts';
import { json } from '#lib/api/handle.ts';
import { changeUser, userNotFound } from '#lib/users/change-user.ts';

export const PATCH = handleAdmin<{ id: string }>(async (call) => {
  const request = await readJson(call.request, USER_EDIT);
  if (!GIVEN_ID.safeParse(call.params).success) throw userNotFound();
  return json(await changeUser(call, call.who, call.params.id, request));
});
