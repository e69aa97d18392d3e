// The public keys of the signed-in user: GET lists, POST `{ key }` adds one, DELETE `{ id }` removes it.

import { readJson, readQuery } from '#lib/api/body.ts';
import { GIVEN_ID, PAGE } from '#lib/api/contract/operation.ts';
import { NEW_KEY } from '#lib/api/contract/sites.ts';
import { handle, json } from '#lib/api/handle.ts';
import { pageOf } from '#lib/api/page.ts';
import { requireAccount } from '#lib/api/person.ts';
import { addUserKey, listUserKeys, removeUserKey, USER_KEYS_MAX } from '#lib/keys/user-keys.ts';

export const GET = handle(async (call) => {
  const { actor } = requireAccount(call);
  const { page, cursor } = pageOf(await listUserKeys(call.db, actor.id), readQuery(call.request, PAGE));
  return json({ keys: page, max: USER_KEYS_MAX, cursor });
});

export const POST = handle(async (call) => {
  const who = requireAccount(call);
  const { key } = await readJson(call.request, NEW_KEY);
  return json(await addUserKey(call.db, who.actor.id, key, who), 201);
});

export const DELETE = handle(async (call) => {
  const who = requireAccount(call);
  const { id } = await readJson(call.request, GIVEN_ID);
  await removeUserKey(call.db, who.actor.id, id, who);
  return json({ id });
});
