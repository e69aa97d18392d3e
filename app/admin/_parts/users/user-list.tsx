// The table of users; one of them at a time can be changed.

'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { UserRow } from '#lib/admin/users.ts';
import { formatBytes } from '#lib/bytes.ts';
import { count } from '../../../_components/amounts.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { Link } from '../../../_components/link.tsx';
import { sitesWords } from '../amounts.ts';
import { UsageBar } from '../bar.tsx';
import { UserForm } from './user-form.tsx';

interface UserListProps {
  users: UserRow[];
  plans: string[];
  isSearched: boolean;
}

export function UserList({ users, plans, isSearched }: UserListProps) {
  const [openId, setOpenId] = useState<string | null>(null);
  const router = useRouter();
  if (users.length === 0) {
    return (
      <p className="rounded-card border border-dashed border-line-strong px-6 py-12 text-center text-sm text-muted">
        {isSearched
          ? 'No such user. Search for another part of the e-mail address or id, or among everybody.'
          : 'Nobody has launched a site yet. Whoever does appears here.'}
      </p>
    );
  }
  return (
    <ul aria-label="Users" className="rounded-card border border-line bg-surface">
      {users.map((user) => (
        <li
          key={user.id}
          className="border-b border-line px-4 py-3 [contain-intrinsic-size:auto_4.5rem] [content-visibility:auto] last:border-b-0"
          data-testid={`user-${user.id}`}
        >
          <div className="grid grid-cols-6 items-center gap-x-3 gap-y-3 md:gap-x-6 md:grid-cols-[minmax(0,1.4fr)_minmax(0,0.4fr)_minmax(0,1fr)_minmax(0,1fr)_auto]">
            <Who user={user} />
            <Cell title="Sites" className="max-md:hidden">
              <p className="text-sm tabular-nums">
                {count(user.sites)} <span className="text-muted">of {count(user.sitesMax)}</span>
              </p>
            </Cell>
            <Cell title="Disk" note={`${formatBytes(user.disk)} promised`}>
              <UsageBar used={user.diskUsed} max={user.diskMax} format={formatBytes} />
            </Cell>
            <Cell title="Memory" note={`${formatBytes(user.memory)} promised`}>
              <UsageBar used={user.memoryUsed} max={user.memoryMax} format={formatBytes} />
            </Cell>
            <button
              type="button"
              aria-expanded={openId === user.id}
              onClick={() => setOpenId(openId === user.id ? null : user.id)}
              className={`${BUTTON.quiet} justify-self-end max-md:order-first max-md:col-span-2`}
            >
              {openId === user.id ? 'Close' : 'Change'}
              <span className="sr-only"> {nameOf(user)}</span>
            </button>
          </div>
          {openId === user.id ? <UserForm user={user} plans={plans} onDone={() => router.refresh()} /> : null}
        </li>
      ))}
    </ul>
  );
}

export function nameOf({ email, id }: UserRow): string {
  return email ?? id.slice(-8);
}

function Who({ user }: { user: UserRow }) {
  return (
    <div className="min-w-0 text-sm max-md:order-first max-md:col-span-4">
      <Link
        href={`/admin?q=${encodeURIComponent(nameOf(user))}`}
        title={`Show ${sitesWords(user.sites)}`}
        className={`block font-semibold underline-offset-4 [overflow-wrap:anywhere] hover:underline ${user.email ? '' : 'font-mono text-xs'}`}
      >
        {nameOf(user)}
      </Link>
      <span className="block text-xs text-muted">
        {user.role} · plan {user.plan}
        {user.own.planName ? ', given' : ''}
        <span className="md:hidden">
          {' '}
          · {count(user.sites)} of {sitesWords(user.sitesMax)}
        </span>
      </span>
    </div>
  );
}

interface CellProps {
  title: string;
  note?: string;
  className?: string;
  children: React.ReactNode;
}

function Cell({ title, note = '', className = '', children }: CellProps) {
  return (
    <div className={`min-w-0 max-md:col-span-3 ${className}`}>
      <span className="flex justify-between gap-2 text-xs text-muted">
        {title}
        <span className="truncate max-lg:hidden">{note}</span>
      </span>
      {children}
    </div>
  );
}
