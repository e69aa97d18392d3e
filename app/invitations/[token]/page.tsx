// Where an invitation's link leads: what is offered, by whom, and the button to take it.

import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { findOffer } from '#lib/sharing/invitations.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { Link } from '../../_components/link.tsx';
import { MessagePage } from '../../_components/message-page.tsx';
import { ROLE_WORDS } from '../../_components/role-words.ts';
import { ScenePage } from '../../_components/scene-page.tsx';
import { ExactTime } from '../../_components/time-text.tsx';
import { AcceptButton } from './accept-button.tsx';

export const metadata: Metadata = { title: 'Invitation', referrer: 'no-referrer' };

interface Props {
  params: Promise<{ token: string }>;
}

export default async function InvitationPage({ params }: Props) {
  const { token } = await params;
  const { db, settings } = services();
  const [viewer, offer] = await Promise.all([
    findViewer({ db, settings }, await headers()),
    findOffer(db, token, new Date()),
  ]);
  if (!offer) {
    return (
      <MessagePage title="This invitation is over.">
        <p>It was used, withdrawn, or is older than a week. Ask who invited you for a new one.</p>
      </MessagePage>
    );
  }
  const { site, role, invitedBy, expiresAt } = offer;
  const isSignedIn = viewer.userId !== null && viewer.role !== 'guest';
  return (
    <ScenePage>
      <div className="flex max-w-xl flex-col items-start gap-6" data-testid="invitation-offer">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">
          You are invited to <span className="[overflow-wrap:anywhere]">{site}</span>.
        </h1>
        <p className="max-w-[40ch] text-lg text-ink/85 [overflow-wrap:anywhere]">
          {invitedBy ?? 'An owner of the site'} shares it with you, {ROLE_WORDS[role].offer}.
        </p>
        {isSignedIn ? <AcceptButton token={token} /> : <SignInFirst token={token} />}
        <p className="max-w-[46ch] text-sm text-muted">
          The link is good until <ExactTime at={expiresAt} />. If you do not know what this is about, do nothing.
        </p>
      </div>
    </ScenePage>
  );
}

function SignInFirst({ token }: { token: string }) {
  return (
    <div className="flex flex-col items-start gap-3">
      <p className="max-w-[44ch]">Sign in to your account, or make one, to accept. The link brings you back here.</p>
      <Link
        href={`/sign-in?next=${encodeURIComponent(`/invitations/${token}`)}`}
        className={`${BUTTON.primary} px-6 py-3`}
      >
        Sign in
      </Link>
    </div>
  );
}
