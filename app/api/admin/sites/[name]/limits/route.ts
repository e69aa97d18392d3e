// PATCH sets limits of one site: `{ limits, preview?, force? }`; null is the plan's. Says in sentences what happens.

import { z } from 'zod';
import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { json } from '#lib/api/handle.ts';
import { changeLimits } from '#lib/sites/change-limits.ts';
import { SITE_LIMITS } from '#lib/sites/limit-bounds.ts';

const BODY = z.strictObject({
  limits: SITE_LIMITS,
  preview: z.boolean().default(false),
  force: z.boolean().default(false),
});

export const PATCH = handleAdmin<{ name: string }>(async (call) => {
  const request = await readJson(call.request, BODY);
  return json(await changeLimits(call, call.who, call.params.name, request));
});
