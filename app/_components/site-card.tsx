// The way back to a site that this browser launched, or that is shared with its user.

import { ArrowRight } from 'lucide-react';
import type { SiteView } from '#lib/sites/view.ts';
import { Link } from './link.tsx';
import { ROLE_OF_ACCESS, ROLE_WORDS } from './role-words.ts';
import { STATE_WORDS, StateDot, shownState } from './state-dot.tsx';

interface SiteCardProps {
  view: SiteView;
  /** It is somebody else's. */
  isShared?: boolean;
}

export function SiteCard({ view, isShared = false }: SiteCardProps) {
  const state = shownState(view);
  const role = ROLE_WORDS[ROLE_OF_ACCESS[view.access]].name.toLowerCase();
  return (
    <Link
      href={`/sites/${view.name}`}
      data-testid="your-site"
      className="group flex items-center gap-4 rounded-card border border-line-strong bg-surface/90 px-5 py-4 backdrop-blur-sm hover:border-ink/40"
    >
      <StateDot state={state} />
      <span className="min-w-0 flex-1">
        <span className="block text-xs text-muted">
          {isShared ? `Shared with you, as ${role}` : 'Your site'} · {STATE_WORDS[state]}
        </span>
        <span className="block font-semibold [overflow-wrap:anywhere]">{view.name}</span>
      </span>
      <ArrowRight
        className="size-5 text-muted motion-safe:transition-transform motion-safe:group-hover:translate-x-1"
        aria-hidden="true"
      />
    </Link>
  );
}
