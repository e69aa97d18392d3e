// A titled part of a page.

import type { ReactNode } from 'react';

interface CardProps {
  title: string;
  id: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string | undefined;
}

export function Card({ title, id, aside, children, className = '' }: CardProps) {
  return (
    <section aria-labelledby={id} className={`rounded-card border border-line bg-surface p-5 sm:p-6 ${className}`}>
      <div className="mb-4 flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 id={id} className="text-lg font-bold">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
