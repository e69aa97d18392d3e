// The SSH keys of the account: they open every site that their owner may enter.

'use client';

import { KeyRound, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { UserKeyView } from '#lib/keys/user-keys.ts';
import { BUTTON } from '../../_components/buttons.ts';
import { callApi, type Problem } from '../../_components/call-api.ts';
import { Card } from '../../_components/card.tsx';
import { Disclosure } from '../../_components/disclosure.tsx';
import { Notice } from '../../_components/notice.tsx';

interface KeysSectionProps {
  initial: UserKeyView[];
  /** To type at a terminal, where a key is all that one needs. */
  consoleCommand: string;
}

export function KeysSection({ initial, consoleCommand }: KeysSectionProps) {
  const [keys, setKeys] = useState(initial);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState('');

  const change = async (method: 'POST' | 'DELETE', body: unknown, done: string): Promise<boolean> => {
    setBusy(true);
    const answer = await callApi(method, '/api/keys', body);
    const list = await callApi<{ keys: UserKeyView[] }>('GET', '/api/keys');
    if (list.ok) setKeys(list.data.keys);
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
    <Card title="SSH keys" id="ssh-keys">
      <p className="mb-3 text-sm text-muted">
        They log you in to each site that is yours or that you develop, and are git’s way to all that you may see. All
        of it also without a browser: <code className="font-mono text-xs">{consoleCommand}</code>
      </p>
      <ul className="flex flex-col gap-2 text-sm empty:hidden">
        {keys.map((key) => (
          <li
            key={key.id}
            className="flex items-center gap-3 rounded-box bg-sunken py-1 pl-3 pr-1"
            data-testid="account-key"
          >
            <KeyRound className="size-4 shrink-0 text-muted" aria-hidden="true" />
            <span className="min-w-0 flex-1">
              <span className="block font-medium [overflow-wrap:anywhere]">{key.comment || key.type}</span>
              <code className="block font-mono text-xs break-all text-muted">{key.fingerprint}</code>
            </span>
            <button
              type="button"
              disabled={isBusy}
              aria-label={`Remove the key ${key.comment || key.fingerprint}`}
              onClick={() => void change('DELETE', { id: key.id }, 'The key was removed.')}
              className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-bad"
            >
              <Trash2 className="size-4" aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      {problem ? (
        <div className="mt-3">
          <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="account-key-problem" />
        </div>
      ) : null}
      <p role="status" className="sr-only">
        {said}
      </p>
      <Disclosure title="Add a key" open={initial.length === 0} className="mt-3">
        <form onSubmit={add} className="mt-2 flex flex-col gap-2">
          <label htmlFor="account-key" className="font-medium">
            Public key
          </label>
          <textarea
            id="account-key"
            name="key"
            required
            rows={3}
            maxLength={16_000}
            spellCheck={false}
            autoComplete="off"
            placeholder="ssh-ed25519 AAAA… you@laptop"
            className="w-full rounded-box border border-line-strong bg-paper px-3 py-2 font-mono text-xs placeholder:text-muted/80"
          />
          <button type="submit" disabled={isBusy} className={`${BUTTON.quiet} self-start`}>
            Add key
          </button>
        </form>
      </Disclosure>
    </Card>
  );
}
