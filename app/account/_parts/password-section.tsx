// The password: set, change, or set anew after a mailed link.

'use client';

import type { FormEvent } from 'react';
import type { AccountView } from '#lib/accounts/account.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { Card } from '../../_components/card.tsx';
import { fieldProblems } from '../../_components/field-problems.ts';
import { TextField } from '../../_components/text-field.tsx';
import { RelativeTime } from '../../_components/time-text.tsx';
import { Outcome } from './outcome.tsx';
import { useChange } from './use-change.ts';

export function PasswordSection({ account }: { account: AccountView }) {
  const { change, isBusy, problem, said } = useChange();
  const { email, hasPassword, passwordSetAt, needsPassword } = account;
  const problems = fieldProblems(problem, 'current');

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = Object.fromEntries(new FormData(form));
    const done = 'The password is set. All other browsers are signed out.';
    if (await change('POST', '/api/account/password', fields, done)) form.reset();
  };

  return (
    <Card title="Password" id="password">
      <form onSubmit={save} noValidate className="flex flex-col gap-4">
        <p className="text-sm text-muted">
          {passwordSetAt ? (
            <>
              Set <RelativeTime at={passwordSetAt} />. A new one signs all other browsers out.
            </>
          ) : (
            'You have none: you sign in with a mailed link or GitHub. Set one to sign in without.'
          )}
        </p>
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <div className="flex max-w-md flex-col gap-4">
          {needsPassword ? (
            <TextField
              label="Old password"
              name="current"
              type="password"
              autoComplete="current-password"
              error={problems.current}
            />
          ) : null}
          <TextField
            label="New password"
            name="password"
            type="password"
            maxLength={400}
            autoComplete="new-password"
            hint="At least 10 characters. A few words are good."
            error={problems.password}
          />
          <button type="submit" disabled={isBusy} className={`${BUTTON.quiet} self-start`}>
            {hasPassword ? 'Change password' : 'Set password'}
          </button>
        </div>
        <Outcome problem={problems.form} said={said} />
      </form>
    </Card>
  );
}
