// Who shares the site, who is asked to, and the form to ask another.

'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { SharingView } from '#lib/api/sharing.ts';
import type { MemberView } from '#lib/sharing/members.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Card } from '../../../../_components/card.tsx';
import { Link } from '../../../../_components/link.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { SecretOnce } from '../../../../_components/secret-once.tsx';
import { InvitationRow } from './invitation-row.tsx';
import { InviteForm } from './invite-form.tsx';
import { MemberRow } from './member-row.tsx';
import { RemoveMember } from './remove-member.tsx';
import { useSharing } from './use-sharing.ts';

interface SharingCardProps {
  name: string;
  initial: SharingView;
  /** The id of who looks. */
  self: string | null;
  /** Who looks has an account. */
  mayInvite: boolean;
}

export function SharingCard({ name, initial, self, mayInvite }: SharingCardProps) {
  const sharing = useSharing(name, initial);
  const { view, link, problem, said, isBusy } = sharing;
  const [leaving, setLeaving] = useState<MemberView | null>(null);
  const router = useRouter();

  const remove = async ({ userId }: MemberView) => {
    if (!(await sharing.remove(userId))) return;
    setLeaving(null);
    if (userId === self) router.push('/');
  };

  return (
    <div className="flex flex-col gap-6 lg:grid lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)] lg:items-start">
      <Card title="Who shares it" id="members">
        <ul className="flex flex-col gap-2 text-sm">
          <li className="flex items-center gap-3 rounded-box bg-sunken px-3 py-2.5">
            <span className="min-w-0 flex-1 truncate font-medium">{view.owner ?? 'Who launched it'}</span>
            <span className="text-muted">Owner</span>
          </li>
          {view.members.map((member) => (
            <MemberRow
              key={member.userId}
              member={member}
              isSelf={member.userId === self}
              isBusy={isBusy}
              onRole={(role) => sharing.changeRole(member.userId, role)}
              onRemove={() => setLeaving(member)}
            />
          ))}
        </ul>
        {view.invitations.length > 0 ? (
          <>
            <h3 className="mb-2 mt-5 text-sm font-semibold">Invited</h3>
            <ul className="flex flex-col gap-2 text-sm">
              {view.invitations.map((invitation) => (
                <InvitationRow
                  key={invitation.id}
                  invitation={invitation}
                  isBusy={isBusy}
                  onWithdraw={() => sharing.withdraw(invitation.id)}
                />
              ))}
            </ul>
          </>
        ) : null}
      </Card>
      <Card title="Invite somebody" id="invite">
        <div className="flex flex-col gap-4 text-sm">
          {mayInvite ? (
            <InviteForm sendsMail={view.sendsMail} isBusy={isBusy} onInvite={sharing.invite} />
          ) : (
            <AccountFirst next={`/sites/${name}/sharing`} />
          )}
          {link ? (
            <SecretOnce text={link.url} what="the link" testId="invitation-link">
              {`Give this link to ${link.email}: it is not shown again.`}
            </SecretOnce>
          ) : null}
          {problem ? (
            <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="sharing-problem" />
          ) : null}
          <p role="status" className="sr-only">
            {said}
          </p>
        </div>
      </Card>
      <RemoveMember
        member={leaving}
        isSelf={leaving?.userId === self}
        isBusy={isBusy}
        problem={problem}
        onRemove={remove}
        onClose={() => setLeaving(null)}
      />
    </div>
  );
}

/** For a guest, whose site goes with him into the account. */
function AccountFirst({ next }: { next: string }) {
  const way = `?next=${encodeURIComponent(next)}`;
  return (
    <>
      <p className="text-muted">
        It takes an account to share a site. This one goes with you into it, and goes on running meanwhile.
      </p>
      <div className="flex flex-wrap gap-3">
        <Link href={`/sign-up${way}`} className={BUTTON.primary}>
          Make an account
        </Link>
        <Link href={`/sign-in${way}`} className={BUTTON.quiet}>
          Sign in
        </Link>
      </div>
    </>
  );
}
