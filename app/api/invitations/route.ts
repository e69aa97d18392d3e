// POST `{ token }` of an invitation's link: the signed-in user shares the site from now on.

import { readJson } from '#lib/api/body.ts';
import { ACCEPT } from '#lib/api/contract/checkpoints.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireAccount } from '#lib/api/person.ts';
import { accept } from '#lib/sharing/invitations.ts';

export const POST = handle(async (call) => {
  const who = requireAccount(call);
  const { token } = await readJson(call.request, ACCEPT);
  return json({ site: await accept(call.db, token, who, new Date()) });
});
