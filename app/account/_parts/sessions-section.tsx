// The browsers in which the account is signed in, and their end.

'use client';

import { Monitor } from 'lucide-react';
import type { AccountView } from '#lib/accounts/account.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { Card } from '../../_components/card.tsx';
import { RelativeTime } from '../../_components/time-text.tsx';
import { Outcome } from './outcome.tsx';
import { useChange } from './use-change.ts';

export function SessionsSection({ account: { sessions } }: { account: AccountView }) {
  const { change, isBusy, problem, said } = useChange();

  const end = (id: string) => change('DELETE', '/api/account/sessions', { id }, 'That browser is signed out.');
  const endAll = async () => {
    if (await change('DELETE', '/api/account/sessions', { all: true }, '')) location.assign('/sign-in');
  };

  return (
    <Card
      title="Where you are signed in"
      id="sessions"
      aside={
        <button type="button" disabled={isBusy} onClick={() => void endAll()} className={BUTTON.quiet}>
          Sign out everywhere
        </button>
      }
    >
      <ul className="flex flex-col gap-2 text-sm">
        {sessions.map(({ id, agent, address, lastSeenAt, isThis }) => (
          <li key={id} className="flex items-center gap-3 rounded-box bg-sunken py-2 pr-2 pl-3" data-testid="session">
            <Monitor className="size-4.5 shrink-0 text-muted" aria-hidden="true" />
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{agent}</span>
              <span className="block text-xs text-muted [overflow-wrap:anywhere]">
                {address} · {isThis ? 'this browser' : <RelativeTime at={lastSeenAt} />}
              </span>
            </span>
            {isThis ? null : (
              <button
                type="button"
                disabled={isBusy}
                onClick={() => void end(id)}
                aria-label={`Sign ${agent} at ${address} out`}
                className="rounded-full border border-line-strong bg-surface px-3 py-1 text-xs font-semibold hover:border-ink/50 disabled:opacity-60"
              >
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      <div className="flex flex-col [&>*]:mt-3">
        <Outcome problem={problem} said={said} />
      </div>
    </Card>
  );
}
