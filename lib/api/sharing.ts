// Who shares a site, as its owners see it; and how often somebody may invite.

import { mailboxOf } from '../accounts/email.ts';
import type { Db } from '../db/client.ts';
import type { Settings } from '../env.ts';
import { INVITATIONS_MAX, type InvitationView, listInvitations } from '../sharing/invitations.ts';
import { listMembers, MEMBERS_MAX, type MemberView } from '../sharing/members.ts';
import type { Call } from './handle.ts';
import type { Person } from './person.ts';

export interface SharingView {
  /** Null: a guest's site. */
  owner: string | null;
  members: MemberView[];
  invitations: InvitationView[];
  max: { members: number; invitations: number };
  /** Invitations are mailed; else their links are told. */
  sendsMail: boolean;
}

export async function viewSharing(
  { db, settings }: { db: Db; settings: Settings },
  site: { id: string },
): Promise<SharingView> {
  const [owner, members, invitations] = await Promise.all([
    db.user.findFirst({ where: { sites: { some: { id: site.id } } }, select: { email: true } }),
    listMembers(db, site.id),
    listInvitations(db, site.id, new Date()),
  ]);
  return {
    owner: owner?.email ?? null,
    members,
    invitations,
    max: { members: MEMBERS_MAX, invitations: INVITATIONS_MAX },
    sendsMail: settings.mailFrom !== null,
  };
}

/** Throws `too-many-requests`. A mailbox is asked as seldom as for alerts, and counts with them. */
export function admitInvitation(call: Call<unknown>, { actor, address }: Person, email: string): void {
  call.invitations.attempt(`by ${actor.id}`);
  call.invitations.attempt(`from ${address}`);
  if (call.settings.mailFrom !== null) call.confirmations.attempt(`to ${mailboxOf(email)}`);
}
