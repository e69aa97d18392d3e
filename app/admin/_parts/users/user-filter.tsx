// Which users are shown, and in which order: a form whose address can be shared.

'use client';

import { Search } from 'lucide-react';
import { USER_ROLES, USER_SORTS, type UsersQuery } from '#lib/admin/users-query.ts';
import { BUTTON } from '../../../_components/buttons.ts';

const ROLE_NAMES = { guest: 'Guests', member: 'Members', admin: 'Admins' };
const SELECT = 'h-10 min-w-0 rounded-box border border-line-strong bg-surface px-2 text-sm max-sm:flex-1';

export function UserFilter({ query }: { query: UsersQuery }) {
  return (
    <search className="max-sm:w-full">
      <form
        className="flex flex-wrap items-center gap-2"
        onChange={({ target, currentTarget }) => {
          if (target instanceof HTMLSelectElement) currentTarget.requestSubmit();
        }}
      >
        <select name="role" aria-label="Which users" defaultValue={query.role ?? ''} className={SELECT}>
          <option value="">Everybody</option>
          {USER_ROLES.map((role) => (
            <option key={role} value={role}>
              {ROLE_NAMES[role]}
            </option>
          ))}
        </select>
        <select name="sort" aria-label="Sorted by" defaultValue={query.sort} className={SELECT}>
          {Object.entries(USER_SORTS).map(([sort, words]) => (
            <option key={sort} value={sort}>
              {words}
            </option>
          ))}
        </select>
        <span className="relative max-sm:w-full">
          <Search className="pointer-events-none absolute left-3 top-3 size-4 text-muted" aria-hidden="true" />
          <input
            type="search"
            name="q"
            defaultValue={query.text}
            aria-label="Search by e-mail address or id"
            placeholder="E-mail or id"
            className="h-10 w-full rounded-box border border-line-strong bg-surface pl-9 pr-3 text-sm sm:w-60"
          />
        </span>
        <noscript>
          <button type="submit" className={BUTTON.quiet}>
            Show
          </button>
        </noscript>
      </form>
    </search>
  );
}
