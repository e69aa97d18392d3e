// The API tokens of the signed-in user: GET lists, POST `{ name, scope, sites, days }` makes one, DELETE `{ id }` revokes.

import { z } from 'zod';
import { readJson } from '#lib/api/body.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireAccount } from '#lib/api/person.ts';
import { createToken, listTokens, revokeToken, TOKEN_DAYS, TOKENS_MAX } from '#lib/tokens/tokens.ts';

const DAYS_MAX = 3_650;
const SITES_MAX = 50;
const NEW_TOKEN = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .regex(/^\P{C}*$/u, 'must have no control characters'),
  scope: z.enum(['read', 'deploy', 'full']),
  sites: z.array(z.string().max(64)).max(SITES_MAX).default([]),
  days: z.int().min(1).max(DAYS_MAX).nullable().default(TOKEN_DAYS),
});
const OLD_TOKEN = z.object({ id: z.uuid() });

export const GET = handle(async (call) => {
  const { actor } = requireAccount(call);
  return json({ tokens: await listTokens(call.db, actor.id, new Date()), max: TOKENS_MAX });
});

export const POST = handle(async (call) => {
  const who = requireAccount(call);
  const wish = await readJson(call.request, NEW_TOKEN);
  return json(await createToken(call.db, who.actor.id, wish, who, new Date()), 201);
});

export const DELETE = handle(async (call) => {
  const who = requireAccount(call);
  const { id } = await readJson(call.request, OLD_TOKEN);
  await revokeToken(call.db, who.actor.id, id, who);
  return json({ id });
});
