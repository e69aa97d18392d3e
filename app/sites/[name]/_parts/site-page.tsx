// What is needed of a site every day, kept true by its event stream.

'use client';

import type { LogPiece } from '#lib/api/log-tail.ts';
import type { SiteView } from '#lib/sites/view.ts';
import { Notice } from '../../../_components/notice.tsx';
import { AlertsCard } from './alerts-card.tsx';
import { DeploymentsCard } from './deployments-card.tsx';
import { EventsCard } from './events-card.tsx';
import { GitCard } from './git-card.tsx';
import { HeldSite } from './held-site.tsx';
import { HistoryCard } from './history-card.tsx';
import { LaunchSteps } from './launch-steps.tsx';
import { LimitsCard } from './limits-card.tsx';
import { noticesOf } from './notices.ts';
import { SiteHeader } from './site-header.tsx';
import { SshCard } from './ssh-card.tsx';
import { useLeaveWhenGone } from './use-leave-when-gone.ts';
import { useLiveSite } from './use-live-site.ts';

interface SitePageProps {
  initial: SiteView;
  initialLog: LogPiece | null;
  /** Whoever looks owns the site, and so may be told of it. */
  isOwner: boolean;
}

export function SitePage({ initial, initialLog, isOwner }: SitePageProps) {
  const { view, log, isGone, isConnected } = useLiveSite(initial, initialLog);
  useLeaveWhenGone(isGone);
  const isUp = view.state === 'live';
  const mayDevelop = view.access !== 'view';
  return (
    <main
      id="main"
      className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 sm:px-8"
      data-state={view.state}
    >
      <SiteHeader view={view} isOwner={isOwner} />
      {view.held && !isGone ? <HeldSite name={view.name} held={view.held} /> : null}
      <Notices view={view} isGone={isGone} isConnected={isConnected} />
      {/* On a narrow screen the columns dissolve, and each card has its place in one row of cards. */}
      <div className="flex flex-col gap-6 lg:grid lg:grid-cols-[minmax(0,1fr)_minmax(0,24rem)] lg:items-start">
        <div className="flex min-w-0 flex-col gap-6 max-lg:contents">
          {isUp ? <GitCard view={view} /> : <LaunchSteps state={view.state} steps={view.launchSteps} />}
          <DeploymentsCard view={view} log={log} className="max-lg:order-3" />
          {isOwner ? <AlertsCard className="max-lg:order-6" /> : null}
        </div>
        <div className="flex min-w-0 flex-col gap-6 max-lg:contents">
          <LimitsCard view={view} />
          {isUp && mayDevelop ? <SshCard view={view} /> : null}
          <EventsCard events={view.events} className="max-lg:order-4" />
          {isUp ? <HistoryCard name={view.name} revision={revisionOf(view)} className="max-lg:order-5" /> : null}
        </div>
      </div>
    </main>
  );
}

/** Changes whenever the repository may have. */
function revisionOf({ deployments: [newest] }: SiteView): string {
  return `${newest?.id} ${newest?.status}`;
}

function Notices({ view, isGone, isConnected }: { view: SiteView; isGone: boolean; isConnected: boolean }) {
  return (
    <div aria-live="polite" className="flex flex-col gap-3 empty:hidden">
      {isGone ? (
        <Notice tone="info" message="This site is gone." hint="Going back to the launch page." testId="notice-gone" />
      ) : null}
      {isConnected || isGone ? null : (
        <Notice
          tone="warn"
          message="The connection was lost."
          hint="What you see may be old; trying again."
          testId="notice-offline"
        />
      )}
      {isGone
        ? null
        : noticesOf(view).map(({ id, tone, message, hint }) => (
            <Notice key={id} tone={tone} message={message} hint={hint} testId={`notice-${id}`} />
          ))}
    </div>
  );
}
