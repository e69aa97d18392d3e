// The launch page: one button. Whoever has a site already finds the way back to it below.

import { randomUUID } from 'node:crypto';
import { headers } from 'next/headers';
import Link from 'next/link';
import { services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { formatBytes } from '#lib/bytes.ts';
import type { Db } from '#lib/db/client.ts';
import { sitesOf } from '#lib/sites/find.ts';
import { viewSite } from '#lib/sites/view.ts';
import { LaunchForm } from './_components/launch-form.tsx';
import { refusalOf } from './_components/refusals.ts';
import { ScenePage } from './_components/scene-page.tsx';
import { SiteCard } from './_components/site-card.tsx';

const SHOWN_SITES_MAX = 5;

export default async function LaunchPage({ searchParams }: { searchParams: Promise<{ refused?: string | string[] }> }) {
  const { db, settings } = services();
  const viewer = await findViewer({ db, settings }, await headers());
  const sites = viewer.userId ? await sitesOf(db, viewer.userId) : [];
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
        <h1 className="text-3xl font-extrabold tracking-[-0.035em]">Launch your site.</h1>
        <p className="max-w-[34ch] text-lg text-ink/85">
          One click: an address, a git remote, and root on a small Linux server of your own.
        </p>
        <LaunchForm
          formKey={randomUUID()}
          addressSuffix={`.${settings.sitesDomain}${port ? `:${port}` : ''}`}
          refused={refusalOf(refused)}
        />
        {sites.length > 0 ? (
          <ul aria-label="Your sites" className="flex max-w-md flex-col gap-3">
            {sites.slice(0, SHOWN_SITES_MAX).map((site) => (
              <li key={site.id}>
                <SiteCard view={viewSite(settings, site)} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="max-w-[46ch] text-sm text-muted">{await describeGuestPlan(db)}</p>
        )}
      </div>
    </ScenePage>
  );
}

async function describeGuestPlan(db: Db): Promise<string> {
  const plan = await db.plan.findUnique({ where: { name: 'guest' } });
  if (!plan) return 'No account needed.';
  const lifetime = plan.lifetimeMinutes === null ? '' : `, and lives for ${hours(plan.lifetimeMinutes)}`;
  const size = `${formatBytes(plan.diskBytesMax)} of disk and ${formatBytes(plan.memoryBytesMax)} of memory`;
  return `No account. A guest's site has ${size}${lifetime}.`;
}

function hours(minutes: number): string {
  if (minutes < 120) return `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
