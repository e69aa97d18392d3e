// What most people need not see: a line that opens.

import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';

interface DisclosureProps {
  title: string;
  open?: boolean;
  className?: string;
  children: ReactNode;
}

export function Disclosure({ title, open = false, className = '', children }: DisclosureProps) {
  return (
    <details className={`group/disclosure text-sm ${className}`} open={open ? true : undefined}>
      <summary className="inline-flex items-center gap-1.5 rounded-md py-1 font-medium text-muted hover:text-ink">
        {title}
        <ChevronDown
          className="size-4 motion-safe:transition-transform group-open/disclosure:rotate-180"
          aria-hidden="true"
        />
      </summary>
      {children}
    </details>
  );
}
