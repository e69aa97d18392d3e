// What an account opens at the right of every page: its ways, and the way out.

'use client';

import { Menu } from '@base-ui/react/menu';
import { ChevronDown, CircleUserRound } from 'lucide-react';
import { useRef } from 'react';
import type { MenuAccount } from './account-context.tsx';
import { callApi } from './call-api.ts';
import { Link } from './link.tsx';

const ITEM =
  'flex w-full cursor-pointer items-center rounded-lg px-3 py-2 text-sm font-medium no-underline outline-none select-none data-highlighted:bg-sunken';

export function MemberMenu({ account }: { account: MenuAccount }) {
  const place = useRef<HTMLDivElement>(null);
  return (
    <div ref={place} className="flex min-w-0">
      <Menu.Root modal={false}>
        <Menu.Trigger
          aria-label={`Account ${account.email}`}
          className="inline-flex min-w-0 items-center gap-2 rounded-full border border-line-strong bg-surface/90 py-1.5 pr-2.5 pl-2 text-sm font-medium hover:border-ink/50"
        >
          <CircleUserRound className="size-5 shrink-0 text-muted" aria-hidden="true" />
          <span className="max-w-[16rem] truncate max-sm:hidden">{account.email}</span>
          <ChevronDown className="size-4 shrink-0 text-muted" aria-hidden="true" />
        </Menu.Trigger>
        {/* Inside the header, so that the menu is part of a landmark. */}
        <Menu.Portal container={place}>
          <Menu.Positioner align="end" sideOffset={8} className="z-40">
            <Menu.Popup className="min-w-56 max-w-[calc(100vw-2rem)] rounded-card border border-line-strong bg-surface p-1.5 text-ink shadow-xl shadow-night/15 outline-none">
              <Menu.Group>
                <Menu.GroupLabel className="mb-1.5 truncate border-b border-line px-3 pt-1.5 pb-2.5 text-xs text-muted">
                  {account.email}
                </Menu.GroupLabel>
                <Menu.Item render={<Link href="/account" />} className={ITEM}>
                  Account
                </Menu.Item>
                <Menu.Item render={<Link href="/" />} className={ITEM}>
                  Your sites
                </Menu.Item>
                {account.isAdmin ? (
                  <Menu.Item render={<Link href="/admin" />} className={ITEM}>
                    Admin
                  </Menu.Item>
                ) : null}
                <Menu.Item className={ITEM} onClick={() => void signOut()}>
                  Sign out
                </Menu.Item>
              </Menu.Group>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
}

async function signOut(): Promise<void> {
  await callApi('POST', '/api/account/sign-out');
  location.assign('/');
}
