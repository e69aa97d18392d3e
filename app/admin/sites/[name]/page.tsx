// One site for an admin: its use over time, its limits, what happened, and what can be done. None of the owner's secrets.

import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { findAdminSite } from '#lib/admin/site.ts';
import { listAudit } from '#lib/audit/list.ts';
import { AdminShell } from '../../_parts/admin-shell.tsx';
import { AuditList } from '../../_parts/audit-list.tsx';
import { requireAdminPage } from '../../_parts/require-admin-page.ts';
import { AdminSitePage } from '../../_parts/site/admin-site-page.tsx';

interface Props {
  params: Promise<{ name: string }>;
}

const AUDIT_SHOWN = 20;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `${(await params).name.slice(0, 30)} · Admin` };
}

export default async function Page({ params }: Props) {
  const { db, settings } = await requireAdminPage();
  const site = await findAdminSite(db, settings, (await params).name);
  if (!site) notFound();
  const { entries } = await listAudit(db, { filter: { siteId: site.id }, take: AUDIT_SHOWN });
  return (
    <AdminShell section="sites">
      <AdminSitePage initial={site} audit={<AuditList entries={entries} isOfOneSite />} />
    </AdminShell>
  );
}
