// The public keys that may enter without the password.

'use client';

import { KeyRound, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../_components/call-api.ts';
import { Disclosure } from '../../../_components/disclosure.tsx';
import { Notice } from '../../../_components/notice.tsx';

type Keys = SiteView['keys'];

export function KeyList({ name, keys: initial }: { name: string; keys: Keys }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const url = `/api/sites/${name}/keys`;

  const change = async (method: 'POST' | 'DELETE', body: unknown, done: string): Promise<boolean> => {
    setBusy(true);
    const answer = await callApi(method, url, body);
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    setSaid(answer.ok ? done : '');
    return answer.ok;
  };
  const add = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await change('POST', { key: String(new FormData(form).get('key') ?? '') }, 'The key was added.')) form.reset();
  };

  return (
    <Disclosure
      title={initial.length > 0 ? 'SSH keys' : 'Use an SSH key instead'}
      open={initial.length > 0}
      className="mt-3"
    >
      <ul className="mt-3 flex flex-col gap-1 empty:hidden">
        {initial.map((key) => (
          <li key={key.id} className="flex items-center gap-3 rounded-box bg-sunken py-1 pl-3 pr-1">
            <KeyRound className="size-4 shrink-0 text-muted" aria-hidden="true" />
            <span className="min-w-0 flex-1">
              <span className="block [overflow-wrap:anywhere]">{key.comment || 'A key without a comment'}</span>
              <code className="block font-mono text-xs break-all text-muted">{key.fingerprint}</code>
            </span>
            <button
              type="button"
              disabled={isBusy}
              aria-label={`Remove the key ${key.comment || key.fingerprint}`}
              onClick={() => void change('DELETE', { id: key.id }, 'The key was removed.')}
              className="inline-flex size-9 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-bad"
            >
              <Trash2 className="size-4" aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add} className="mt-3 flex flex-col gap-2">
        <label htmlFor="ssh-key" className="font-medium">
          Public key
        </label>
        <textarea
          id="ssh-key"
          name="key"
          required
          rows={3}
          maxLength={16_000}
          spellCheck={false}
          autoComplete="off"
          placeholder="ssh-ed25519 AAAA… you@laptop"
          className="w-full rounded-box border border-line-strong bg-paper px-3 py-2 font-mono text-xs placeholder:text-muted/80"
        />
        {problem ? (
          <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="key-problem" />
        ) : null}
        <p role="status" className="sr-only">
          {said}
        </p>
        <button type="submit" disabled={isBusy} className={`${BUTTON.quiet} self-start`}>
          Add key
        </button>
      </form>
    </Disclosure>
  );
}
