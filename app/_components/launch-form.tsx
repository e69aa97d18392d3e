// The big button. Works as a plain form too; with JavaScript there is no reload. The page's key makes a second click, or
// one after a lost answer, the same launch; clicks in several tabs are told apart by nobody (lib/api/launch.ts).

'use client';

import { ArrowRight, LoaderCircle } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useRef, useState } from 'react';
import { BIG_BUTTON } from './buttons.ts';
import { callApi, type Problem } from './call-api.ts';
import { Disclosure } from './disclosure.tsx';
import { Notice } from './notice.tsx';

interface LaunchFormProps {
  formKey: string;
  addressSuffix: string;
  refused: Problem | null;
  /** What the site is to serve, instead of the starter. */
  repository?: { url: string; branch: string | null };
}

export function LaunchForm({ formKey, addressSuffix, refused, repository }: LaunchFormProps) {
  const router = useRouter();
  const key = useRef(formKey);
  const [isLaunching, setLaunching] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(refused);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isLaunching) return;
    setLaunching(true);
    setProblem(null);
    const name = String(new FormData(event.currentTarget).get('name') ?? '').trim() || null;
    const body = { name, ...(repository ? { repository: repository.url, branch: repository.branch } : {}) };
    const answer = await callApi<{ name: string }>('POST', '/api/sites', body, { 'idempotency-key': key.current });
    if (answer.ok || answer.status > 0) key.current = freshKey();
    if (answer.ok) {
      router.push(`/sites/${answer.data.name}`); // stays "launching" until the page is there
    } else {
      setProblem(answer.problem);
      setLaunching(false);
    }
  };

  return (
    <form
      action="/api/sites"
      method="post"
      onSubmit={submit}
      data-launching={isLaunching}
      className="flex flex-col gap-5"
    >
      <input type="hidden" name="key" value={formKey} />
      {repository ? <input type="hidden" name="repository" value={repository.url} /> : null}
      {repository?.branch ? <input type="hidden" name="branch" value={repository.branch} /> : null}
      <button type="submit" disabled={isLaunching} data-testid="launch" className={`launch-button ${BIG_BUTTON}`}>
        {isLaunching ? 'Launching…' : repository ? 'Launch it' : 'Launch a site'}
        {isLaunching ? (
          <LoaderCircle className="size-6 motion-safe:animate-spin" aria-hidden="true" />
        ) : (
          <ArrowRight
            className="size-6 motion-safe:transition-transform motion-safe:group-hover:translate-x-1"
            aria-hidden="true"
          />
        )}
      </button>
      <p role="status" className="sr-only">
        {isLaunching ? 'Launching your site.' : ''}
      </p>
      <div className="max-w-md empty:hidden">
        {problem ? (
          <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="launch-problem" />
        ) : null}
      </div>
      <NameField addressSuffix={addressSuffix} disabled={isLaunching} />
    </form>
  );
}

function NameField({ addressSuffix, disabled }: { addressSuffix: string; disabled: boolean }) {
  return (
    <Disclosure title="Choose its name">
      <div className="mt-2 flex max-w-md flex-col gap-1.5">
        <label htmlFor="site-name" className="sr-only">
          Name of the site
        </label>
        <div className="flex items-center rounded-box border border-line-strong bg-surface focus-within:outline-3 focus-within:outline-offset-2 focus-within:outline-(--focus)">
          <input
            id="site-name"
            name="name"
            maxLength={30}
            disabled={disabled}
            placeholder="calm-harbor"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            aria-describedby="site-name-rule"
            className="min-w-0 flex-1 bg-transparent px-4 py-3 font-mono text-sm outline-none placeholder:text-muted/70"
          />
          <span className="pr-4 font-mono text-sm text-muted">{addressSuffix}</span>
        </div>
        <p id="site-name-rule" className="text-xs text-muted">
          3 to 30 letters, digits and hyphens. Empty: you get one.
        </p>
      </div>
    </Disclosure>
  );
}

/** `crypto.randomUUID` is missing where the page came over plain HTTP from another machine. */
function freshKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(5)), (word) => word.toString(36).padStart(7, '0')).join('-');
}
