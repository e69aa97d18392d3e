// POST does one thing to many sites: `{ names, action, reason?, plan?, force? }`; the answer has an outcome for each name.

import { handleAdmin } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { actOnMany } from '#lib/api/bulk.ts';
import { BULK } from '#lib/api/contract/admin.ts';
import { json } from '#lib/api/handle.ts';

export const POST = handleAdmin(async (call) => {
  const bulk = await readJson(call.request, BULK);
  return json({ outcomes: await actOnMany(call.db, call.who, bulk) });
});
