// The settings that somebody may see or change, kept true by the site's event stream.

'use client';

import type { SiteView } from '#lib/sites/view.ts';
import { Card } from '../../../../_components/card.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { DeleteSite } from '../../_parts/delete-site.tsx';
import { RestartSite } from '../../_parts/restart-site.tsx';
import { SleepSite } from '../../_parts/sleep-site.tsx';
import { useLeaveWhenGone } from '../../_parts/use-leave-when-gone.ts';
import { useLiveSite } from '../../_parts/use-live-site.ts';
import { PlanCard } from './plan-card.tsx';
import { RenameForm } from './rename-form.tsx';
import { RenewSecrets } from './renew-secrets.tsx';
import { TransferForm } from './transfer-form.tsx';

interface SettingsPageProps {
  initial: SiteView;
  /** Whoever looks owns the site, not only with others. */
  isOwner: boolean;
  /** How long a delete can be undone; 0: not at all. */
  undoHours: number;
}

export function SettingsPage({ initial, isOwner, undoHours }: SettingsPageProps) {
  const { view, isGone } = useLiveSite(initial, null);
  useLeaveWhenGone(isGone);
  const mayDevelop = view.access !== 'view';
  const mayOwn = view.access === 'own';
  const isUp = view.state === 'live';
  return (
    <main id="main" className="mx-auto w-full max-w-6xl px-5 pb-16 pt-2 sm:px-8">
      <div className="flex max-w-3xl flex-col gap-6">
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Settings</h1>
        <div aria-live="polite" className="empty:hidden">
          {isGone ? (
            <Notice
              tone="info"
              message="This site is gone."
              hint="Going back to the launch page."
              testId="notice-gone"
            />
          ) : null}
        </div>
        {mayOwn && isUp ? (
          <Card title="Name" id="name">
            <RenameForm view={view} />
          </Card>
        ) : null}
        {mayOwn ? (
          <Card title="Password and token" id="secrets">
            <RenewSecrets view={view} />
          </Card>
        ) : null}
        {mayDevelop && isUp && !view.held ? (
          <Card title="Running" id="running">
            <div className="flex flex-col gap-5">
              <SleepSite view={view} />
              <RestartSite name={view.name} />
            </div>
          </Card>
        ) : null}
        <PlanCard view={view} />
        {isOwner && isUp ? (
          <Card title="Give it away" id="transfer">
            <TransferForm name={view.name} />
          </Card>
        ) : null}
        {mayOwn && view.state !== 'deleting' ? (
          <Card title="Delete" id="end">
            <DeleteSite name={view.name} undoHours={view.state === 'live' ? undoHours : 0} />
          </Card>
        ) : null}
      </div>
    </main>
  );
}
