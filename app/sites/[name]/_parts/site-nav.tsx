// From one page of a site to the others: a row that scrolls sideways where it does not fit. The overview says the name itself.

'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { Link } from '../../../_components/link.tsx';
import type { Tab } from './tabs.ts';

/** So much of the page before stays in sight. */
const BESIDE_PX = 64;

export function SiteNav({ name, tabs }: { name: string; tabs: Tab[] }) {
  const path = usePathname();
  const list = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another place in the row
  useEffect(() => {
    const row = list.current;
    if (!row) return;
    // Looks at once, and when the row has another width: not at each resize of a window whose address bar comes and goes.
    const observer = new ResizeObserver(() => {
      const here = row.querySelector<HTMLElement>('[aria-current]');
      if (here) row.scrollLeft = here.offsetLeft - row.offsetLeft - BESIDE_PX;
    });
    observer.observe(row);
    return () => observer.disconnect();
  }, [path]);
  return (
    <nav aria-label={`Pages of ${name}`} className="mx-auto mb-6 w-full max-w-6xl px-5 sm:px-8">
      {path === `/sites/${name}` ? null : <p className="mb-2 truncate text-lg font-bold tracking-tight">{name}</p>}
      <ul
        ref={list}
        className="-mx-5 flex gap-1 overflow-x-auto border-b border-line px-5 [scrollbar-width:none] sm:-mx-8 sm:px-8 lg:mx-0 lg:px-0"
      >
        {tabs.map(({ place, label }) => {
          const href = `/sites/${name}${place && `/${place}`}`;
          const isHere = place ? path === href || path.startsWith(`${href}/`) : path === href;
          return (
            <li key={place}>
              <Link
                href={href}
                aria-current={isHere ? 'page' : undefined}
                className="block border-b-2 border-transparent px-3 py-2.5 text-sm font-medium whitespace-nowrap text-muted hover:text-ink focus-visible:-outline-offset-2 aria-[current]:border-beam aria-[current]:text-ink"
              >
                {label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
