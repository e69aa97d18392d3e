// The launch page: one button. Whoever has a site already finds the way back to it; for a guest, who has one at a time,
// that is the button.

import { randomUUID } from 'node:crypto';
import { headers } from 'next/headers';
import { services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { formatBytes } from '#lib/bytes.ts';
import type { Db } from '#lib/db/client.ts';
import { requireSecret } from '#lib/env.ts';
import { sitesOf } from '#lib/sites/find.ts';
import { deletedSitesOf } from '#lib/sites/undelete.ts';
import { type SiteView, viewSite } from '#lib/sites/view.ts';
import { DeletedSites } from './_components/deleted-sites.tsx';
import { Disclosure } from './_components/disclosure.tsx';
import { LaunchForm } from './_components/launch-form.tsx';
import { Link } from './_components/link.tsx';
import { refusalOf } from './_components/refusals.ts';
import { ScenePage } from './_components/scene-page.tsx';
import { SiteCard } from './_components/site-card.tsx';
import { WelcomeBack } from './_components/welcome-back.tsx';

/** More are behind a line that opens. */
const SHOWN_SITES_MAX = 5;

export default async function LaunchPage({ searchParams }: { searchParams: Promise<{ refused?: string | string[] }> }) {
  const { db, settings } = services();
  const viewer = await findViewer({ db, settings }, await headers());
  const [plan, sites, deleted] = await Promise.all([
    db.plan.findUnique({ where: { name: 'guest' } }),
    sitesOf(db, requireSecret(settings), viewer),
    viewer.userId ? deletedSitesOf(db, viewer.userId) : [],
  ]);
  const shown = sites.map((site) => ({
    view: viewSite(settings, site, site.standing),
    isShared: site.ownerId !== viewer.userId,
  }));
  const isFull = viewer.role === 'guest' && plan !== null && sites.length >= plan.sitesMax;
  const { refused } = await searchParams;
  const port = new URL(settings.appUrl).port;
  return (
    <ScenePage
      aside={
        viewer.role === 'admin' ? (
          <Link href="/admin" className="text-sm font-medium underline-offset-4 hover:underline">
            Admin
          </Link>
        ) : null
      }
    >
      <div className="flex max-w-xl flex-col gap-7">
        {isFull && shown[0] ? (
          <WelcomeBack view={shown[0].view} />
        ) : (
          <>
            <h1 className="text-3xl font-extrabold tracking-[-0.03em]">Launch your site.</h1>
            <p className="max-w-[34ch] text-lg text-ink/85">
              One click: an address, a git remote, and root on a small Linux server of your own.
            </p>
            <LaunchForm
              formKey={randomUUID()}
              addressSuffix={`.${settings.sitesDomain}${port ? `:${port}` : ''}`}
              refused={refusalOf(refused)}
            />
            {shown.length > 0 ? <YourSites sites={shown} /> : null}
            {shown.length > 0 || viewer.role === 'member' ? null : <GuestPlan plan={plan} />}
          </>
        )}
        <DeletedSites sites={deleted.map(({ name, undoUntil }) => ({ name, undoUntil: undoUntil.toISOString() }))} />
      </div>
    </ScenePage>
  );
}

interface ShownSite {
  view: SiteView;
  isShared: boolean;
}

function YourSites({ sites }: { sites: ShownSite[] }) {
  const more = sites.slice(SHOWN_SITES_MAX);
  return (
    <div className="flex max-w-md flex-col gap-3">
      <SiteList label="Your sites" sites={sites.slice(0, SHOWN_SITES_MAX)} />
      {more.length > 0 ? (
        <Disclosure title={`${more.length} more`}>
          <div className="mt-3">
            <SiteList label="More of your sites" sites={more} />
          </div>
        </Disclosure>
      ) : null}
    </div>
  );
}

function SiteList({ label, sites }: { label: string; sites: ShownSite[] }) {
  return (
    <ul aria-label={label} className="flex flex-col gap-3">
      {sites.map(({ view, isShared }) => (
        <li key={view.name}>
          <SiteCard view={view} isShared={isShared} />
        </li>
      ))}
    </ul>
  );
}

function GuestPlan({ plan }: { plan: Awaited<ReturnType<Db['plan']['findUnique']>> }) {
  if (!plan) return null;
  const lifetime = plan.lifetimeMinutes === null ? '' : `, and lives for ${hours(plan.lifetimeMinutes)}`;
  return (
    <p className="max-w-[46ch] text-sm text-muted">
      No account. A guest’s site has {formatBytes(plan.diskBytesMax)} of disk and {formatBytes(plan.memoryBytesMax)} of
      memory{lifetime}.
    </p>
  );
}

function hours(minutes: number): string {
  if (minutes < 120) return `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
