// What a guest sees who has a site: the way to it, where the launch button was.

import { ArrowRight } from 'lucide-react';
import type { SiteView } from '#lib/sites/view.ts';
import { BIG_BUTTON } from './buttons.ts';
import { Link } from './link.tsx';
import { STATE_WORDS, StateDot, shownState } from './state-dot.tsx';

export function WelcomeBack({ view }: { view: SiteView }) {
  return (
    <>
      <h1 className="text-3xl font-extrabold tracking-[-0.03em]">Welcome back.</h1>
      <p className="flex items-center gap-3 text-lg text-ink/85">
        <StateDot state={shownState(view)} />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <strong className="font-semibold text-ink">{view.name}</strong> ·{' '}
          {STATE_WORDS[shownState(view)].toLowerCase()}
        </span>
      </p>
      <Link href={`/sites/${view.name}`} data-testid="your-site" className={`launch-button ${BIG_BUTTON}`}>
        Go to your site
        <ArrowRight
          className="size-6 shrink-0 motion-safe:transition-transform motion-safe:group-hover:translate-x-1"
          aria-hidden="true"
        />
      </Link>
      <p className="max-w-[46ch] text-sm text-muted">
        A guest has one site at a time. To launch another, delete this one in its settings, or{' '}
        <Link href="/sign-up" className="font-medium text-ink underline underline-offset-4">
          make an account
        </Link>{' '}
        that keeps it.
      </p>
    </>
  );
}
