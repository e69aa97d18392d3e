// DELETE `{ site }` leaves a site that is shared with the signed-in user.

import { readJson } from '#lib/api/body.ts';
import { LEAVE } from '#lib/api/contract/checkpoints.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireAccount } from '#lib/api/person.ts';
import { requireSecret } from '#lib/env.ts';
import { leaveSite } from '#lib/sharing/members.ts';

export const DELETE = handle(async (call) => {
  const who = requireAccount(call);
  const { site } = await readJson(call.request, LEAVE);
  await leaveSite({ db: call.db, secret: requireSecret(call.settings) }, who.actor.id, site, who);
  return json({ site });
});
