// An invitation that nobody has accepted yet.

import { MailX } from 'lucide-react';
import type { InvitationView } from '#lib/sharing/invitations.ts';
import { ROLE_WORDS } from '../../../../_components/role-words.ts';
import { RelativeTime } from '../../../../_components/time-text.tsx';

interface InvitationRowProps {
  invitation: InvitationView;
  isBusy: boolean;
  onWithdraw: () => void;
}

export function InvitationRow({ invitation, isBusy, onWithdraw }: InvitationRowProps) {
  const { email, role, expiresAt, isMailed, problem } = invitation;
  return (
    <li className="flex items-center gap-3 rounded-box border border-line py-1.5 pl-3 pr-1" data-testid="invitation">
      <span className="min-w-0 flex-1">
        <span className="block font-medium [overflow-wrap:anywhere]">{email}</span>
        <span className="block text-xs text-muted">
          {ROLE_WORDS[role].name}, ends <RelativeTime at={expiresAt} />
        </span>
        {problem ? (
          <span className="block text-xs text-bad">
            {problem} {isMailed ? 'It is tried again.' : 'Invite again to send another.'}
          </span>
        ) : null}
      </span>
      <button
        type="button"
        disabled={isBusy}
        aria-label={`Withdraw the invitation of ${email}`}
        title="Withdraw"
        onClick={onWithdraw}
        className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-bad"
      >
        <MailX className="size-4" aria-hidden="true" />
      </button>
    </li>
  );
}
