// All users with what their sites have together, and the way to give them more or less.

import type { Metadata } from 'next';
import { readUsers, USERS_MAX } from '#lib/admin/users.ts';
import { parseUsersQuery } from '#lib/admin/users-query.ts';
import { AdminHeading, AdminShell } from '../_parts/admin-shell.tsx';
import { requireAdminPage } from '../_parts/require-admin-page.ts';
import { UserFilter } from '../_parts/users/user-filter.tsx';
import { UserList } from '../_parts/users/user-list.tsx';

export const metadata: Metadata = { title: 'Users · Admin' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function UsersPage({ searchParams }: Props) {
  const { db } = await requireAdminPage();
  const query = parseUsersQuery(await searchParams);
  const [users, plans] = await Promise.all([
    readUsers(db, query),
    db.plan.findMany({ select: { name: true }, orderBy: { name: 'asc' } }),
  ]);
  return (
    <AdminShell section="users">
      <AdminHeading title="Users" aside={<UserFilter query={query} />}>
        What the sites of one user have together, against what they may. A guest is listed while it has a site
        {users.length === USERS_MAX ? `; the first ${USERS_MAX} are shown` : ''}.
      </AdminHeading>
      <UserList
        users={users}
        plans={plans.map(({ name }) => name)}
        isSearched={query.text !== '' || query.role !== null}
      />
    </AdminShell>
  );
}
