// All users with what their sites have together, and the way to give them more or less.

import type { Metadata } from 'next';
import { readUsers, USERS_MAX } from '#lib/admin/users.ts';
import { AdminHeading, AdminShell } from '../_parts/admin-shell.tsx';
import { requireAdminPage } from '../_parts/require-admin-page.ts';
import { SearchForm } from '../_parts/search-form.tsx';
import { UserList } from '../_parts/users/user-list.tsx';

export const metadata: Metadata = { title: 'Users · Admin' };

interface Props {
  searchParams: Promise<{ q?: string | string[] }>;
}

export default async function UsersPage({ searchParams }: Props) {
  const { db } = await requireAdminPage();
  const { q } = await searchParams;
  const text = (typeof q === 'string' ? q : '').slice(0, 100);
  const [users, plans] = await Promise.all([
    readUsers(db, text),
    db.plan.findMany({ select: { name: true }, orderBy: { name: 'asc' } }),
  ]);
  return (
    <AdminShell section="users">
      <AdminHeading
        title="Users"
        aside={<SearchForm label="Search by e-mail address or id" placeholder="E-mail or id" text={text} />}
      >
        What the sites of one user have together, against what they may. A guest is listed while it has a site
        {users.length === USERS_MAX ? `; the first ${USERS_MAX} are shown` : ''}.
      </AdminHeading>
      <UserList users={users} plans={plans.map(({ name }) => name)} isSearched={text !== ''} />
    </AdminShell>
  );
}
