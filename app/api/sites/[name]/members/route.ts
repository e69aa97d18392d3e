// Who shares the site: GET lists members and open invitations, POST `{ email, role }` invites, PATCH `{ userId, role }`
// changes a member's role, DELETE `{ userId }` removes him.

import { readJson } from '#lib/api/body.ts';
import { INVITATION, MEMBER_CHANGE, MEMBER_ID } from '#lib/api/contract/checkpoints.ts';
import { handle, json } from '#lib/api/handle.ts';
import { requireSharer, whoOf } from '#lib/api/person.ts';
import { admitInvitation, viewSharing } from '#lib/api/sharing.ts';
import { requireSiteOf } from '#lib/api/site-of.ts';
import { requireSecret } from '#lib/env.ts';
import { invite } from '#lib/sharing/invitations.ts';
import { changeRole, removeMember } from '#lib/sharing/members.ts';

export const GET = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  return json(await viewSharing(call, site));
});

export const POST = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const by = requireSharer(call);
  const wish = await readJson(call.request, INVITATION);
  admitInvitation(call, by, wish.email);
  return json(await invite(call, site, wish, by, new Date()), 201);
});

export const PATCH = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { userId, role } = await readJson(call.request, MEMBER_CHANGE);
  await changeRole({ db: call.db, secret: requireSecret(call.settings) }, site, userId, role, whoOf(call));
  return json({ userId, role });
});

export const DELETE = handle<{ name: string }>(async (call) => {
  const site = await requireSiteOf(call, call.params.name, 'own');
  const { userId } = await readJson(call.request, MEMBER_ID);
  await removeMember({ db: call.db, secret: requireSecret(call.settings) }, site, userId, whoOf(call));
  return json({ userId });
});
