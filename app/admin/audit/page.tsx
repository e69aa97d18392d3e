// The audit log: who did what to whose site, plan or account. Nothing here can be changed.

import { Download } from 'lucide-react';
import type { Metadata } from 'next';
import { z } from 'zod';
import { listAudit } from '#lib/audit/list.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { Link } from '../../_components/link.tsx';
import { AdminHeading, AdminShell } from '../_parts/admin-shell.tsx';
import { AuditList } from '../_parts/audit-list.tsx';
import { requireAdminPage } from '../_parts/require-admin-page.ts';

export const metadata: Metadata = { title: 'Audit log · Admin' };

const PAGE = 50;
const AREAS = [
  { value: 'site', title: 'Sites' },
  { value: 'domain', title: 'Domains' },
  { value: 'account', title: 'Accounts' },
  { value: 'plan', title: 'Plans' },
  { value: 'user', title: 'Users' },
  { value: 'alerts', title: 'Alerts' },
  { value: 'admin', title: 'Sign-ins' },
];
const FIELD = 'h-10 rounded-box border border-line-strong bg-surface px-3 text-sm';

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function AuditPage({ searchParams }: Props) {
  const { db } = await requireAdminPage();
  const given = await searchParams;
  const subject = wordOf(given.q);
  const area = AREAS.find(({ value }) => value === given.area)?.value;
  const before = z.uuid().safeParse(given.before).data ?? null;
  const filter = { ...(area ? { action: area } : {}), ...(subject ? { subject } : {}) };
  const { entries, cursor } = await listAudit(db, { cursor: before, filter, take: PAGE });
  const older = new URLSearchParams({
    ...(subject ? { q: subject } : {}),
    ...(area ? { area } : {}),
    before: cursor ?? '',
  });
  return (
    <AdminShell section="audit">
      <AdminHeading
        title="Audit log"
        aside={
          <a href="/api/admin/audit.csv" download className={BUTTON.quiet}>
            <Download className="size-4" aria-hidden="true" />
            CSV
          </a>
        }
      >
        Who did what, and what it was before. Entries are only ever added; the database refuses the rest.
      </AdminHeading>
      <search>
        <form className="mb-4 flex flex-wrap gap-2">
          <input
            type="search"
            name="q"
            defaultValue={subject}
            aria-label="Name of a site, plan or user"
            placeholder="Site, plan or user"
            className={`${FIELD} min-w-40 flex-1 max-sm:basis-full sm:max-w-72`}
          />
          <select
            name="area"
            defaultValue={area ?? ''}
            aria-label="What was changed"
            className={`${FIELD} max-sm:flex-1`}
          >
            <option value="">Everything</option>
            {AREAS.map(({ value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </select>
          <button type="submit" className={BUTTON.quiet}>
            Filter
          </button>
        </form>
      </search>
      <div className="rounded-card border border-line bg-surface p-4 sm:p-6">
        <AuditList entries={entries} />
      </div>
      <p className="mt-4 flex justify-end gap-3">
        {before ? (
          <Link href="/admin/audit" className={BUTTON.quiet}>
            Newest
          </Link>
        ) : null}
        {cursor ? (
          <Link href={`/admin/audit?${older}`} className={BUTTON.quiet}>
            Older
          </Link>
        ) : null}
      </p>
    </AdminShell>
  );
}

function wordOf(value: string | string[] | undefined): string {
  return (typeof value === 'string' ? value : '').trim().slice(0, 100);
}
