// All sites of the instance, for its admin: what each uses, whose it is, how it is.

import type { Metadata } from 'next';
import { headers } from 'next/headers';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { formatBytes } from '#lib/bytes.ts';
import { allSites, type SiteRow } from '#lib/sites/find.ts';
import { limitsOf } from '#lib/sites/limits.ts';
import { BrandBar } from '../_components/brand-bar.tsx';
import { BUTTON } from '../_components/buttons.ts';
import { type Level, levelOf } from '../_components/levels.ts';
import { STATE_WORDS, StateDot } from '../_components/state-dot.tsx';
import { ExactTime } from '../_components/time-text.tsx';
import { SignOut } from './sign-out.tsx';

export const metadata: Metadata = { title: 'Admin' };

const ROWS_MAX = 500;
const COLUMNS = ['Site', 'State', 'Owner', 'Disk', 'Memory', 'Processes', 'Lives until'];

export default async function AdminPage() {
  const { db, settings } = services();
  const viewer = await findViewer({ db, settings }, await headers());
  if (viewer.role !== 'admin') redirect('/admin/sign-in');
  const sites = await allSites(db, ROWS_MAX);
  const owned = sites.filter(({ ownerId }) => ownerId !== null).length;
  return (
    <>
      <BrandBar>
        <span className="flex flex-wrap justify-end gap-2">
          <Link href="/admin/alerts" className={BUTTON.quiet}>
            Alerts
          </Link>
          <SignOut />
        </span>
      </BrandBar>
      <main id="main" className="mx-auto w-full max-w-6xl px-5 pb-16 sm:px-8">
        <h1 className="text-2xl font-extrabold tracking-tight">All sites</h1>
        <p className="mt-1 mb-6 text-sm text-muted">
          {owned} in use, {sites.length - owned} ready to be claimed
          {sites.length === ROWS_MAX ? `; only the newest ${ROWS_MAX} are shown` : ''}.
        </p>
        <div className="overflow-x-auto rounded-card border border-line bg-surface">
          <table className="w-full min-w-3xl text-left text-sm">
            <thead>
              <tr className="border-b border-line text-xs text-muted">
                {COLUMNS.map((column) => (
                  <th key={column} scope="col" className="px-4 py-3 font-semibold first:pl-6">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sites.map((site) => (
                <Row key={site.id} site={site} />
              ))}
            </tbody>
          </table>
          {sites.length === 0 ? <p className="px-6 py-8 text-sm text-muted">There is no site yet.</p> : null}
        </div>
      </main>
    </>
  );
}

function Row({ site }: { site: SiteRow }) {
  const { usage } = site;
  const limits = limitsOf(site);
  return (
    <tr className="border-b border-line last:border-b-0 hover:bg-sunken" data-testid={`site-${site.name}`}>
      <th scope="row" className="whitespace-nowrap px-4 py-3 pl-6 font-semibold">
        <Link href={`/sites/${site.name}`} className="underline-offset-4 hover:underline">
          {site.name}
        </Link>
      </th>
      <td className="px-4 py-3 whitespace-nowrap">
        <span className="flex items-center gap-2.5">
          <StateDot state={site.state} />
          {STATE_WORDS[site.state]}
        </span>
      </td>
      <td className="whitespace-nowrap px-4 py-3 text-muted">
        {site.ownerId ? (
          <>
            {site.planName} <code className="font-mono text-xs">{site.ownerId.slice(-8)}</code>
          </>
        ) : (
          'nobody yet'
        )}
      </td>
      <Share used={usage && Number(usage.diskBytes)} max={limits.diskBytesMax} format={formatBytes} />
      <Share used={usage && Number(usage.memoryBytes)} max={limits.memoryBytesMax} format={formatBytes} />
      <Share used={usage?.pids ?? null} max={limits.pidsMax} format={String} />
      <td className="px-4 py-3 whitespace-nowrap text-muted">
        {site.expiresAt ? <ExactTime at={site.expiresAt.toISOString()} /> : '–'}
      </td>
    </tr>
  );
}

const LEVEL_COLOURS: Record<Level, string> = { good: '', warn: 'font-semibold text-warn', bad: 'font-bold text-bad' };

function Share({ used, max, format }: { used: number | null; max: number; format: (value: number) => string }) {
  const level = levelOf(used ?? 0, max);
  return (
    <td className="px-4 py-3 whitespace-nowrap tabular-nums" data-level={level}>
      <span className={LEVEL_COLOURS[level]}>{used === null ? '–' : format(used)}</span>{' '}
      <span className="text-muted">/ {format(max)}</span>
    </td>
  );
}
