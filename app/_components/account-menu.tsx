// At the right of every page: the way in, or the account's menu, which is loaded for members alone.

'use client';

import dynamic from 'next/dynamic';
import { usePathname } from 'next/navigation';
import { useAccount } from './account-context.tsx';
import { Link } from './link.tsx';

const MemberMenu = dynamic(() => import('./member-menu.tsx').then((module) => module.MemberMenu));

export function AccountMenu() {
  const account = useAccount();
  const isAtDoor = usePathname().startsWith('/sign-');
  if (account) return <MemberMenu account={account} />;
  if (isAtDoor) return null;
  return (
    <Link
      href="/sign-in"
      className="-mr-3 rounded-full px-3 py-1.5 text-sm font-semibold underline-offset-4 hover:underline"
      data-testid="to-sign-in"
    >
      Sign in
    </Link>
  );
}
