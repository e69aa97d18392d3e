// E-mail and password, a mailed link, or GitHub: the same form for signing in and for making an account. Works as a plain
// form too.

'use client';

import { signIn as signInWith } from 'next-auth/react';
import { type FormEvent, useRef, useState } from 'react';
import { BUTTON } from '../../_components/buttons.ts';
import { callApi, type Problem } from '../../_components/call-api.ts';
import { fieldProblems } from '../../_components/field-problems.ts';
import { Notice } from '../../_components/notice.tsx';
import { TextField } from '../../_components/text-field.tsx';

interface DoorFormProps {
  way: 'sign-in' | 'sign-up';
  sendsMail: boolean;
  hasGithub: boolean;
  refused: Problem | null;
  /** A link was mailed, by a form without JavaScript. */
  isSent: boolean;
  /** Where he was on his way to. */
  next: string | null;
}

const WORDS = {
  'sign-in': { act: 'Sign in', busy: 'Signing in…' },
  'sign-up': { act: 'Make an account', busy: 'Making it…' },
};

export function DoorForm({ way, sendsMail, hasGithub, refused, isSent, next }: DoorFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [busyWith, setBusy] = useState<'password' | 'link' | 'github' | null>(null);
  const [problem, setProblem] = useState(refused);
  const [sentTo, setSentTo] = useState<string | null>(isSent ? 'the address' : null);
  const problems = fieldProblems(problem);

  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busyWith) return;
    setBusy('password');
    const { email, password } = Object.fromEntries(new FormData(event.currentTarget));
    const answer = await callApi<{ next: string }>('POST', `/api/account/${way}`, { email, password });
    if (answer.ok) return location.assign(next ?? answer.data.next); // stays busy until the page is there
    setBusy(null);
    setProblem(answer.problem);
  };
  const mailLink = async () => {
    setBusy('link');
    const email = form.current ? String(new FormData(form.current).get('email') ?? '') : '';
    const answer = await callApi('POST', '/api/account/link', { email });
    setBusy(null);
    setProblem(answer.ok ? null : answer.problem);
    setSentTo(answer.ok ? email.trim() : null);
  };
  const goToGithub = async () => {
    setBusy('github');
    await signInWith('github', { callbackUrl: next ?? '/' });
  };

  return (
    <form
      ref={form}
      action={`/api/account/${way}`}
      method="post"
      onSubmit={send}
      noValidate
      className="flex w-full max-w-md flex-col gap-4"
    >
      <TextField
        label="E-mail"
        name="email"
        type="email"
        required
        maxLength={254}
        autoComplete="username"
        error={problems.email}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        required
        maxLength={400}
        autoComplete={way === 'sign-in' ? 'current-password' : 'new-password'}
        hint={way === 'sign-up' ? 'At least 10 characters. A few words are good.' : undefined}
        error={problems.password}
      />
      {problems.form ? (
        <Notice tone="bad" message={problems.form.message} hint={problems.form.hint} urgent testId="door-problem" />
      ) : null}
      {sentTo ? (
        <Notice
          tone="info"
          message={`A link is on its way to ${sentTo}.`}
          hint="It works once, for 15 minutes. Open it in this browser."
          urgent
          testId="link-sent"
        />
      ) : null}
      <div className="flex flex-wrap items-center gap-3 max-sm:flex-col max-sm:items-stretch">
        <button type="submit" disabled={busyWith !== null} className={`${BUTTON.primary} px-6 py-3`}>
          {busyWith === 'password' ? WORDS[way].busy : WORDS[way].act}
        </button>
        {sendsMail ? (
          <button type="button" disabled={busyWith !== null} onClick={mailLink} className={`${BUTTON.quiet} px-5 py-3`}>
            {busyWith === 'link' ? 'Sending…' : 'Mail me a link instead'}
          </button>
        ) : null}
        {hasGithub ? (
          <button
            type="button"
            disabled={busyWith !== null}
            onClick={() => void goToGithub()}
            className={`${BUTTON.quiet} px-5 py-3`}
          >
            <GithubMark />
            {busyWith === 'github' ? 'Going to GitHub…' : 'Continue with GitHub'}
          </button>
        ) : null}
      </div>
    </form>
  );
}

function GithubMark() {
  return (
    <svg viewBox="0 0 16 16" className="size-4.5 fill-current" aria-hidden="true" focusable="false">
      <path d="M8 0a8 8 0 0 0-2.53 15.59c.4.07.55-.17.55-.38v-1.33c-2.23.48-2.7-1.07-2.7-1.07-.36-.93-.89-1.17-.89-1.17-.73-.5.05-.49.05-.49.8.06 1.23.83 1.23.83.71 1.22 1.87.87 2.33.66.07-.52.28-.87.5-1.07-1.77-.2-3.64-.89-3.64-3.95 0-.88.31-1.59.83-2.15-.09-.2-.36-1.02.07-2.12 0 0 .67-.22 2.2.82a7.6 7.6 0 0 1 4 0c1.53-1.04 2.2-.82 2.2-.82.44 1.1.16 1.92.08 2.12.51.56.82 1.27.82 2.15 0 3.07-1.87 3.75-3.65 3.95.29.25.54.73.54 1.48v2.2c0 .21.15.46.55.38A8 8 0 0 0 8 0" />
    </svg>
  );
}
