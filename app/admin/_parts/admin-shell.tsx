// The frame of the admin area: the brand, the way between its pages, the way out.

import type { ReactNode } from 'react';
import { Link } from '../../_components/link.tsx';
import { Mark } from '../../_components/mark.tsx';
import { SignOut } from '../sign-out.tsx';

const SECTIONS = [
  { id: 'sites', title: 'Sites', href: '/admin' },
  { id: 'users', title: 'Users', href: '/admin/users' },
  { id: 'plans', title: 'Plans', href: '/admin/plans' },
  { id: 'alerts', title: 'Alerts', href: '/admin/alerts' },
  { id: 'audit', title: 'Audit log', href: '/admin/audit' },
] as const;

export type AdminSection = (typeof SECTIONS)[number]['id'];

export function AdminShell({ section, children }: { section: AdminSection; children: ReactNode }) {
  return (
    <>
      <header className="border-b border-line bg-surface">
        <div className="mx-auto flex w-full max-w-[100rem] flex-wrap items-center gap-x-8 px-4 sm:px-6">
          <Link
            href="/admin"
            className="flex items-center gap-2.5 py-3 text-base font-bold tracking-tight no-underline"
          >
            <Mark className="size-6" />
            Lightkeeper
          </Link>
          <nav aria-label="Admin" className="flex max-sm:order-last max-sm:w-full max-sm:justify-between sm:gap-1">
            {SECTIONS.map(({ id, title, href }) => (
              <Link
                key={id}
                href={href}
                aria-current={id === section ? 'page' : undefined}
                className="-mb-px border-b-3 border-transparent px-1 py-2.5 text-sm font-medium text-muted hover:text-ink aria-[current=page]:border-beam aria-[current=page]:text-ink sm:px-3 sm:py-4"
              >
                {title}
              </Link>
            ))}
          </nav>
          <div className="ml-auto py-2">
            <SignOut />
          </div>
        </div>
      </header>
      <main id="main" className="mx-auto w-full max-w-[100rem] px-4 pb-20 pt-6 sm:px-6">
        {children}
      </main>
    </>
  );
}

/** A page's heading with what stands beside it. */
export function AdminHeading({ title, children, aside }: { title: string; children?: ReactNode; aside?: ReactNode }) {
  return (
    <div className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
      <div className="min-w-0">
        <h1 className="text-xl font-extrabold tracking-tight">{title}</h1>
        {children ? <div className="mt-0.5 max-w-[80ch] text-sm text-muted">{children}</div> : null}
      </div>
      {aside}
    </div>
  );
}
