// The line on top of every page.

import type { ReactNode } from 'react';
import { AccountMenu } from './account-menu.tsx';
import { Link } from './link.tsx';
import { Mark } from './mark.tsx';

export function BrandBar({ children }: { children?: ReactNode }) {
  return (
    <header className="mx-auto flex w-full max-w-6xl items-center justify-between gap-4 px-5 py-5 sm:px-8">
      <Link href="/" className="flex items-center gap-2.5 text-lg font-bold tracking-tight no-underline">
        <Mark />
        Lightkeeper
      </Link>
      <div className="flex min-w-0 items-center gap-4">
        {children}
        <AccountMenu />
      </div>
    </header>
  );
}
