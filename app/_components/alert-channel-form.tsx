// Adds a channel: what it is, where it goes, from which level on.

'use client';

import { type FormEvent, useState } from 'react';
import { type AlertKind, KIND_WORDS, LEVEL_WORDS } from './alert-words.ts';
import { BUTTON } from './buttons.ts';

export interface NewChannel {
  kind: AlertKind;
  target: string;
  level: string;
}

interface AlertChannelFormProps {
  /** The instance has a mail server. */
  sendsMail: boolean;
  isAdmin: boolean;
  onAdd: (wish: NewChannel) => Promise<boolean>;
}

const FIELD = 'w-full rounded-box border border-line-strong bg-paper px-3 py-2.5';
const KINDS: AlertKind[] = ['email', 'slack', 'webhook'];

export function AlertChannelForm({ sendsMail, isAdmin, onAdd }: AlertChannelFormProps) {
  const kinds = KINDS.filter((kind) => kind !== 'email' || sendsMail);
  const [kind, setKind] = useState<AlertKind>(kinds[0] ?? 'slack');
  const [isBusy, setBusy] = useState(false);
  const { label, placeholder, hint } = KIND_WORDS[kind];

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    setBusy(true);
    const wish = { kind, target: String(fields.get('target') ?? ''), level: String(fields.get('level') ?? 'critical') };
    if (await onAdd(wish)) form.reset();
    setBusy(false);
  };

  return (
    <form onSubmit={submit} className="mt-3 flex flex-col gap-3" noValidate>
      <fieldset className="flex flex-wrap gap-2">
        <legend className="sr-only">What it is</legend>
        {kinds.map((each) => (
          <label
            key={each}
            className="inline-flex cursor-pointer items-center gap-2 rounded-full border border-line-strong px-3.5 py-1.5 font-medium has-checked:border-ink has-checked:bg-sunken has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-(--focus)"
          >
            <input
              type="radio"
              name="kind"
              value={each}
              checked={kind === each}
              onChange={() => setKind(each)}
              className="accent-(--ink) outline-none"
            />
            {KIND_WORDS[each].name}
          </label>
        ))}
      </fieldset>
      <label className="flex flex-col gap-1.5 font-medium">
        {label}
        <input
          name="target"
          type={kind === 'email' ? 'email' : 'url'}
          required
          maxLength={1_000}
          placeholder={placeholder}
          autoComplete={kind === 'email' ? 'email' : 'off'}
          spellCheck={false}
          className={`${FIELD} font-normal placeholder:text-muted/80`}
        />
      </label>
      {kind === 'email' && isAdmin ? null : <p className="text-xs text-muted">{hint.replaceAll('`', '')}</p>}
      <label className="flex flex-col gap-1.5 font-medium">
        Tell me
        <select name="level" defaultValue="critical" className={`${FIELD} font-normal`}>
          {Object.entries(LEVEL_WORDS).map(([level, words]) => (
            <option key={level} value={level}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <p className="text-xs text-muted">
        Failed deployments, stopped sites and a coming end are always told. Many at once come as one message.
      </p>
      <button type="submit" disabled={isBusy} className={`${BUTTON.quiet} self-start`}>
        {isBusy ? 'Adding…' : 'Add channel'}
      </button>
    </form>
  );
}
