// One API token: what it may, for how long, when it was last used. Revoking asks once more, in its place.

'use client';

import { KeySquare } from 'lucide-react';
import { useState } from 'react';
import type { TokenView } from '#lib/tokens/tokens.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { RelativeTime } from '../../_components/time-text.tsx';
import { SCOPE_WORDS } from './token-words.ts';

interface TokenRowProps {
  token: TokenView;
  onRevoke: (id: string) => Promise<void>;
}

export function TokenRow({ token, onRevoke }: TokenRowProps) {
  const [isSure, setSure] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const { id, name, scope, sites, expiresAt, isExpired, lastUsedAt } = token;

  const revoke = async () => {
    setBusy(true);
    await onRevoke(id);
    setBusy(false);
  };

  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-box bg-sunken px-3 py-2" data-testid="token">
      <KeySquare className="size-4 shrink-0 text-muted" aria-hidden="true" />
      <span className="min-w-0 flex-1 basis-36">
        <span className="block font-medium [overflow-wrap:anywhere]">{name}</span>
        <span className="block text-xs text-muted [overflow-wrap:anywhere]">
          {SCOPE_WORDS[scope].name}, {sites === null ? 'all sites' : sites.join(', ') || 'of sites that are gone'}
        </span>
        <span className="block text-xs text-muted">
          {lastUsedAt ? (
            <>
              Used <RelativeTime at={lastUsedAt} />
            </>
          ) : (
            'Never used'
          )}
          {' · '}
          <Expiry at={expiresAt} isExpired={isExpired} />
        </span>
      </span>
      {isSure ? (
        <span className="flex gap-2">
          <button type="button" className={BUTTON.quiet} onClick={() => setSure(false)}>
            Keep
          </button>
          {/* The focus stays where the hand is. */}
          <button type="button" className={BUTTON.danger} disabled={isBusy} onClick={revoke} ref={(it) => it?.focus()}>
            {isBusy ? 'Revoking…' : 'Revoke now'}
          </button>
        </span>
      ) : (
        <button type="button" className={BUTTON.quiet} aria-label={`Revoke ${name}`} onClick={() => setSure(true)}>
          Revoke
        </button>
      )}
    </li>
  );
}

function Expiry({ at, isExpired }: { at: string | null; isExpired: boolean }) {
  if (at === null) return 'never expires';
  return (
    <span className={isExpired ? 'text-bad' : undefined}>
      {isExpired ? 'expired' : 'expires'} <RelativeTime at={at} />
    </span>
  );
}
