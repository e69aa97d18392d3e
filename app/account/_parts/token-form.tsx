// What a new API token is called, what it may do, where, and for how long.

'use client';

import { type FormEvent, useState } from 'react';
import { BUTTON } from '../../_components/buttons.ts';
import type { Problem } from '../../_components/call-api.ts';
import { Notice } from '../../_components/notice.tsx';
import { SCOPE_WORDS, SCOPES, type Scope, SPANS } from './token-words.ts';

export interface TokenFormWish {
  name: string;
  scope: Scope;
  sites: string[];
  days: number | null;
}

interface TokenFormProps {
  sites: string[];
  onMake: (wish: TokenFormWish) => Promise<Problem | null>;
  onClose: () => void;
}

const FIELD = 'w-full rounded-box border border-line-strong bg-paper px-3 py-2.5 font-normal';
const CHOICE =
  'flex cursor-pointer items-start gap-3 rounded-box border border-line px-3 py-2 has-checked:border-ink has-checked:bg-sunken has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-(--focus)';

export function TokenForm({ sites, onMake, onClose }: TokenFormProps) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const days = String(fields.get('days'));
    setBusy(true);
    const refused = await onMake({
      name: String(fields.get('name') ?? ''),
      scope: fields.get('scope') as Scope,
      sites: fields.getAll('site').map(String),
      days: days === 'never' ? null : Number(days),
    });
    setBusy(false);
    setProblem(refused);
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-4 text-sm">
      <label className="flex flex-col gap-1.5 font-medium">
        What is it for?
        <input name="name" required maxLength={60} autoComplete="off" placeholder="Laptop, CI …" className={FIELD} />
      </label>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 font-medium">It may</legend>
        {SCOPES.map((scope) => (
          <label key={scope} className={CHOICE}>
            <input
              type="radio"
              name="scope"
              value={scope}
              defaultChecked={scope === 'deploy'}
              className="mt-1 accent-(--ink) outline-none"
            />
            <span>
              <span className="block font-medium">{SCOPE_WORDS[scope].name}</span>
              <span className="block text-xs text-muted">{SCOPE_WORDS[scope].may}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {sites.length > 0 ? <SiteChoice sites={sites} /> : null}
      <label className="flex flex-col gap-1.5 font-medium">
        It expires
        <select name="days" defaultValue="90" className={FIELD}>
          {SPANS.map(({ days, words }) => (
            <option key={words} value={days ?? 'never'}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="token-form-problem" />
      ) : null}
      <div className="flex justify-end gap-3">
        <button type="button" className={BUTTON.quiet} onClick={onClose}>
          Cancel
        </button>
        <button type="submit" disabled={isBusy} className={BUTTON.primary}>
          {isBusy ? 'Making…' : 'Make the token'}
        </button>
      </div>
    </form>
  );
}

function SiteChoice({ sites }: { sites: string[] }) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1.5 font-medium">
        Only for these sites <span className="font-normal text-muted">(none chosen: for all)</span>
      </legend>
      <div className="flex max-h-36 flex-wrap gap-2 overflow-y-auto p-1">
        {sites.map((name) => (
          <label
            key={name}
            className="inline-flex cursor-pointer items-center gap-2 rounded-full border border-line px-3 py-1 has-checked:border-ink has-checked:bg-sunken has-focus-visible:outline-3 has-focus-visible:outline-(--focus)"
          >
            <input type="checkbox" name="site" value={name} className="accent-(--ink) outline-none" />
            {name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
