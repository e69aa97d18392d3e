// The site's address, how it is, and until when it lives.

import { ArrowUpRight } from 'lucide-react';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { CopyButton } from '../../../_components/copy-button.tsx';
import { Link } from '../../../_components/link.tsx';
import { STATE_WORDS, StateDot, shownState } from '../../../_components/state-dot.tsx';
import { ExactTime, RelativeTime } from '../../../_components/time-text.tsx';

export function SiteHeader({ view, isOwner }: { view: SiteView; isOwner: boolean }) {
  const [name = '', ...rest] = new URL(view.address).host.split('.');
  const state = shownState(view);
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
      <div className="min-w-0">
        <p className="mb-2 flex items-center gap-2.5 text-sm" role="status">
          <StateDot state={state} />
          <span className="font-semibold" data-testid="site-state">
            {STATE_WORDS[state]}
          </span>
        </p>
        <h1 className="text-2xl font-extrabold tracking-[-0.03em] [overflow-wrap:anywhere]">
          <a
            href={view.address}
            target="_blank"
            rel="noreferrer noopener"
            className="underline-offset-[0.18em] hover:underline"
            data-testid="site-address"
          >
            <span className="inline-block max-w-full">{name}</span>
            <span className="font-medium text-muted">.{rest.join('.')}</span>
          </a>
        </h1>
        {view.expiresAt ? (
          <p className="mt-2 text-sm text-muted" data-testid="site-expiry">
            This site lives until <ExactTime at={view.expiresAt} /> (<RelativeTime at={view.expiresAt} />
            ).
            {isOwner ? <KeepSite /> : null}
          </p>
        ) : null}
      </div>
      {view.state === 'live' && !view.held ? <OpenSite address={view.address} /> : null}
    </header>
  );
}

/** What an account's sites are spared. */
function KeepSite() {
  return (
    <>
      {' '}
      <Link
        href="/sign-up"
        className="inline-block font-semibold text-ink underline decoration-beam decoration-2 underline-offset-4"
        data-testid="keep-site"
      >
        Keep this site: make an account
      </Link>
    </>
  );
}

function OpenSite({ address }: { address: string }) {
  return (
    <div className="flex items-center gap-2">
      <a href={address} target="_blank" rel="noreferrer noopener" className={`${BUTTON.primary} px-5 py-2.5`}>
        Open the site
        <ArrowUpRight className="size-4.5" aria-hidden="true" />
      </a>
      <CopyButton text={address} what="the address" />
    </div>
  );
}
