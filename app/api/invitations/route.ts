// POST `{ token }` of an invitation's link: the signed-in user shares the site from now on.

import { z } from 'zod';
import { readJson } from '#lib/api/body.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireAccount } from '#lib/api/person.ts';
import { accept } from '#lib/sharing/invitations.ts';

const BODY = z.object({ token: z.string().max(100) });

export const POST = handle(async (call) => {
  const who = requireAccount(call);
  const { token } = await readJson(call.request, BODY);
  return json({ site: await accept(call.db, token, who, new Date()) });
});
