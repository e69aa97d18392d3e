// Where one is: the way from the top, each part a link.

import { Link } from '../../../../_components/link.tsx';
import { filesHref, type Here } from './places.ts';

export function PathBar({ name, place }: Pick<Here, 'name' | 'place'>) {
  const parts = place.path.split('/').filter(Boolean);
  return (
    <h2 id="files-title" className="flex min-w-0 flex-wrap items-baseline gap-x-1.5 text-lg font-bold">
      <PathPart href={filesHref(name, { ...place, path: '' })} isLast={parts.length === 0}>
        {name}
      </PathPart>
      {parts.map((part, index) => {
        const path = parts.slice(0, index + 1).join('/');
        return (
          <span key={path} className="flex min-w-0 items-baseline gap-1.5">
            <span aria-hidden="true" className="font-normal text-muted">
              /
            </span>
            <PathPart href={filesHref(name, { ...place, path })} isLast={index === parts.length - 1}>
              {part}
            </PathPart>
          </span>
        );
      })}
    </h2>
  );
}

function PathPart({ href, isLast, children }: { href: string; isLast: boolean; children: string }) {
  if (isLast) return <span className="min-w-0 break-all">{children}</span>;
  return (
    <Link
      href={href}
      className="min-w-0 break-all font-medium text-muted underline-offset-4 hover:text-ink hover:underline"
    >
      {children}
    </Link>
  );
}
