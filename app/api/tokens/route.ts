// The API tokens of the signed-in user: GET lists, POST `{ name, scope, sites, days }` makes one, DELETE `{ id }` revokes.

import { readJson, readQuery } from '#lib/api/body.ts';
import { NEW_TOKEN } from '#lib/api/contract/account.ts';
import { GIVEN_ID, PAGE } from '#lib/api/contract/operation.ts';
import { handle, json } from '#lib/api/handle.ts';
import { pageOf } from '#lib/api/page.ts';
import { requireAccount } from '#lib/api/person.ts';
import { createToken, listTokens, revokeToken, TOKENS_MAX } from '#lib/tokens/tokens.ts';

export const GET = handle(async (call) => {
  const { actor } = requireAccount(call);
  const { page, cursor } = pageOf(await listTokens(call.db, actor.id, new Date()), readQuery(call.request, PAGE));
  return json({ tokens: page, max: TOKENS_MAX, cursor });
});

export const POST = handle(async (call) => {
  const who = requireAccount(call);
  const wish = await readJson(call.request, NEW_TOKEN);
  return json(await createToken(call.db, who.actor.id, wish, who, new Date()), 201);
});

export const DELETE = handle(async (call) => {
  const who = requireAccount(call);
  const { id } = await readJson(call.request, GIVEN_ID);
  await revokeToken(call.db, who.actor.id, id, who);
  return json({ id });
});
