// DELETE `{ id }` withdraws an open invitation.

import { readJson } from '#lib/api/body.ts';
import { GIVEN_ID } from '#lib/api/contract/operation.ts';
import { handle, json } from '#lib/api/handle.ts';
import { whoOf } from '#lib/api/person.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { withdraw } from '#lib/sharing/invitations.ts';

export const DELETE = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { id } = await readJson(call.request, GIVEN_ID);
  await withdraw(call.db, site, id, whoOf(call));
  return json({ id });
});
