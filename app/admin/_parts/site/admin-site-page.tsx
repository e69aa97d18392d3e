// The page of one site for an admin, kept true while it is open.

'use client';

import type { ReactNode } from 'react';
import type { AdminSite } from '#lib/admin/site.ts';
import { gravityOf } from '#lib/admin/worst-first.ts';
import { Card } from '../../../_components/card.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { SiteActs } from './acts.tsx';
import { DeploymentList } from './deployment-list.tsx';
import { EventList } from './event-list.tsx';
import { SiteFacts } from './facts.tsx';
import { HistoryCharts } from './history-charts.tsx';
import { LimitsForm } from './limits-form.tsx';
import { SiteTitle } from './site-title.tsx';
import { useAdminSite } from './use-admin-site.ts';

export function AdminSitePage({ initial, audit }: { initial: AdminSite; audit: ReactNode }) {
  const { site, isGone, isConnected, look } = useAdminSite(initial);
  return (
    <div className="flex flex-col gap-5" data-testid="admin-site" data-state={site.state}>
      <SiteTitle site={site} />
      <Notices site={site} isGone={isGone} isConnected={isConnected} />
      <SiteFacts site={site} />
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <HistoryCharts site={site} />
          <Card title="Deployments" id="deployments">
            <DeploymentList deployments={site.deployments} />
          </Card>
          <Card title="What happened" id="events">
            <EventList events={site.events} />
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <Card title="Limits" id="limits">
            <LimitsForm site={site} onDone={look} />
          </Card>
          {isGone ? null : (
            <Card title="Act" id="act">
              <SiteActs site={site} onDone={look} />
            </Card>
          )}
          <Card title="Audit log" id="audit">
            {audit}
          </Card>
        </div>
      </div>
    </div>
  );
}

function Notices({ site, isGone, isConnected }: { site: AdminSite; isGone: boolean; isConnected: boolean }) {
  return (
    <div aria-live="polite" className="flex flex-col gap-3 empty:hidden">
      {isGone ? (
        <Notice tone="info" message="This site is gone." hint="What you see is how it was last." testId="notice-gone" />
      ) : null}
      {isConnected || isGone ? null : (
        <Notice
          tone="warn"
          message="The connection was lost."
          hint="What you see may be old; trying again."
          testId="notice-offline"
        />
      )}
      {site.state === 'held' ? (
        <Notice tone="bad" message="This site is held." hint={site.heldFor ?? ''} testId="notice-held" />
      ) : null}
      {site.state === 'failed' && site.problem ? (
        <Notice tone="bad" message="Its launch failed." hint={site.problem} testId="notice-failed" />
      ) : null}
      {site.verdicts.map(({ kind, level, text, hint }) => (
        <Notice key={kind} tone={gravityOf(level)} message={text} hint={hint} testId={`verdict-${kind}`} />
      ))}
    </div>
  );
}
