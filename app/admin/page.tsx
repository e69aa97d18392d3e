// The operator's first page: the machine and all of its sites.

import type { Metadata } from 'next';
import { packRow } from '#lib/admin/row.ts';
import { parseRowsQuery, selectRows } from '#lib/admin/rows-query.ts';
import { readOverview } from '#lib/admin/watch.ts';
import { AdminHeading, AdminShell } from './_parts/admin-shell.tsx';
import { requireAdminPage } from './_parts/require-admin-page.ts';
import { Overview } from './_parts/sites/overview.tsx';

export const metadata: Metadata = { title: 'All sites · Admin' };

/** What the page comes with; the rest follows with the event stream. */
const FIRST_ROWS = 40;

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function AdminPage({ searchParams }: Props) {
  const { db, settings } = await requireAdminPage();
  const query = parseRowsQuery(toSearchParams(await searchParams));
  const [{ rows, host }, plans] = await Promise.all([
    readOverview(db, settings),
    db.plan.findMany({ select: { name: true }, orderBy: { name: 'asc' } }),
  ]);
  const first = selectRows(rows, query).slice(0, FIRST_ROWS);
  return (
    <AdminShell section="sites">
      <AdminHeading title="All sites" />
      <Overview
        initial={{ host, rows: first.map(packRow) }}
        initialQuery={query}
        plans={plans.map(({ name }) => name)}
      />
    </AdminShell>
  );
}

/** Of a name that is given twice, the first counts. */
function toSearchParams(given: Awaited<Props['searchParams']>): URLSearchParams {
  const pairs = Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]);
  return new URLSearchParams(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
