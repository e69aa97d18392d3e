// Which site this is, how it is, whose it is.

import { ArrowUpRight, ChevronLeft } from 'lucide-react';
import type { AdminSite } from '#lib/admin/site.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { Link } from '../../../_components/link.tsx';
import { ExactTime, RelativeTime } from '../../../_components/time-text.tsx';
import { RowStateWord } from '../row-state.tsx';

export function SiteTitle({ site }: { site: AdminSite }) {
  return (
    <header>
      <Link
        href="/admin"
        className="mb-1 inline-flex items-center gap-1 rounded-md py-1 text-sm font-medium text-muted underline-offset-4 hover:text-ink hover:underline"
      >
        <ChevronLeft className="size-4" aria-hidden="true" />
        All sites
      </Link>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <h1 className="min-w-0 text-xl font-extrabold tracking-tight [overflow-wrap:anywhere]">{site.name}</h1>
            <p className="text-sm font-semibold" role="status">
              <RowStateWord state={site.state} />
            </p>
          </div>
          <p className="mt-1 text-sm text-muted">
            {site.owner ? (
              <>
                {site.owner.role}{' '}
                <Link
                  href={`/admin/users?q=${encodeURIComponent(site.owner.name)}`}
                  className="underline underline-offset-4"
                >
                  {site.owner.name}
                </Link>
              </>
            ) : (
              'Nobody’s yet'
            )}{' '}
            · plan{' '}
            <Link href="/admin/plans" className="underline underline-offset-4">
              {site.plan}
            </Link>{' '}
            · launched <RelativeTime at={site.createdAt} /> · last visit <RelativeTime at={site.activeAt} />
            {site.expiresAt ? (
              <>
                {' '}
                · lives until <ExactTime at={site.expiresAt} />
              </>
            ) : null}
          </p>
        </div>
        <a href={site.address} target="_blank" rel="noreferrer noopener" className={BUTTON.quiet}>
          Open the site
          <ArrowUpRight className="size-4" aria-hidden="true" />
        </a>
      </div>
    </header>
  );
}
