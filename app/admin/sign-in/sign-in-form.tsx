// Sends the secret to next-auth without leaving the page.

'use client';

import { signIn } from 'next-auth/react';
import { type FormEvent, useState } from 'react';
import { BUTTON } from '../../_components/buttons.ts';
import type { Problem } from '../../_components/call-api.ts';
import { Notice } from '../../_components/notice.tsx';

const WRONG: Problem = { message: 'That is not the admin secret.', hint: 'Five attempts a minute are allowed.' };

export function SignInForm() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    const secret = String(new FormData(event.currentTarget).get('secret') ?? '').trim();
    const answer = await signIn('admin', { secret, redirect: false }).catch(() => undefined);
    if (answer?.ok) {
      location.assign('/admin');
      return;
    }
    setBusy(false);
    const isThrottled = answer?.error && answer.error !== 'CredentialsSignin';
    setProblem(isThrottled ? { message: answer.error ?? '', hint: 'Wait a minute and try again.' } : WRONG);
  };

  return (
    <form onSubmit={submit} className="flex max-w-md flex-col gap-4">
      <label className="flex flex-col gap-1.5 text-sm font-semibold">
        Admin secret
        <input
          type="password"
          name="secret"
          required
          autoComplete="current-password"
          className="rounded-box border border-line-strong bg-surface px-4 py-3 font-mono text-base"
        />
      </label>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="sign-in-problem" />
      ) : null}
      <button type="submit" disabled={isBusy} className={`${BUTTON.primary} self-start px-6 py-3`}>
        {isBusy ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  );
}
