// The address: whether it is proven, and the way to another one.

'use client';

import type { FormEvent } from 'react';
import type { AccountView } from '#lib/accounts/account.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { Card } from '../../_components/card.tsx';
import { Disclosure } from '../../_components/disclosure.tsx';
import { fieldProblems } from '../../_components/field-problems.ts';
import { TextField } from '../../_components/text-field.tsx';
import { Outcome } from './outcome.tsx';
import { useChange } from './use-change.ts';

export function EmailSection({ account }: { account: AccountView }) {
  const { change, isBusy, problem, said } = useChange();
  const { email, isVerified, pendingEmail, sendsMail, needsPassword } = account;
  const problems = fieldProblems(problem, 'current');
  const done = sendsMail ? 'A link is on its way. Open it in this browser.' : 'The address was changed.';

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await change('POST', '/api/account/email', Object.fromEntries(new FormData(form)), done)) form.reset();
  };
  const again = pendingEmail ?? (isVerified ? null : email);

  return (
    <Card title="E-mail" id="email">
      <div className="flex flex-col gap-3">
        <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <span className="font-medium [overflow-wrap:anywhere]" data-testid="account-email">
            {email}
          </span>
          <span className="text-sm text-muted" data-testid="account-email-state">
            {isVerified ? 'Confirmed' : 'Not confirmed yet'}
          </span>
        </p>
        {pendingEmail && pendingEmail !== email ? (
          <p className="text-sm text-muted">
            <span className="[overflow-wrap:anywhere]">{pendingEmail}</span> replaces it once its link is opened.
          </p>
        ) : null}
        {again && sendsMail ? (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-muted">
            <p>Open the link that was mailed to confirm the address. Everything works meanwhile.</p>
            <button
              type="button"
              disabled={isBusy}
              onClick={() => void change('POST', '/api/account/email', { email: again }, done)}
              className={`${BUTTON.quiet} text-ink`}
            >
              Send the link again
            </button>
          </div>
        ) : null}
        <Disclosure title="Change the address">
          <form onSubmit={save} noValidate className="mt-2 flex max-w-md flex-col gap-4">
            <TextField label="New e-mail" name="email" type="email" autoComplete="email" error={problems.email} />
            {needsPassword ? (
              <TextField
                label="Your password"
                name="current"
                type="password"
                autoComplete="current-password"
                error={problems.current}
              />
            ) : null}
            <button type="submit" disabled={isBusy} className={`${BUTTON.quiet} self-start`}>
              Change address
            </button>
          </form>
        </Disclosure>
        <Outcome problem={problems.form} said={said} />
      </div>
    </Card>
  );
}
