// PATCH sets limits of one site: `{ limits, preview?, force? }`; null is the plan's. Says in sentences what happens.

import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { LIMITS } from '#lib/api/contract/admin.ts';
import { json } from '#lib/api/handle.ts';
import { changeLimits } from '#lib/sites/change-limits.ts';

export const PATCH = handleAdmin<{ name: string }>(async (call) => {
  const request = await readJson(call.request, LIMITS);
  return json(await changeLimits(call, call.who, call.params.name, request));
});
