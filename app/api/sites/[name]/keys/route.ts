// POST adds a public key `{ key }`; DELETE removes the one with `{ id }`.

import { adminOver } from '#lib/api/admin.ts';
import { readJson } from '#lib/api/body.ts';
import { GIVEN_ID } from '#lib/api/contract/operation.ts';
import { NEW_KEY } from '#lib/api/contract/sites.ts';
import { handle, json } from '#lib/api/handle.ts';
import { addKey, removeKey } from '#lib/api/keys.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { personOf } from '#lib/sites/access.ts';

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { key } = await readJson(call.request, NEW_KEY);
  const by = { adder: personOf(call.viewer), admin: adminOver(call, site) };
  return json(await addKey(call.db, site, key, by), 201);
});

export const DELETE = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { id } = await readJson(call.request, GIVEN_ID);
  await removeKey(call.db, site, id, adminOver(call, site));
  return json({ id });
});
