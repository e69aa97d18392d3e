// Whom to invite, and as what.

'use client';

import type { FormEvent } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';
import { ROLE_WORDS, ROLES, type Role } from '../../../../_components/role-words.ts';

interface InviteFormProps {
  sendsMail: boolean;
  isBusy: boolean;
  onInvite: (email: string, role: Role) => Promise<boolean>;
}

export function InviteForm({ sendsMail, isBusy, onInvite }: InviteFormProps) {
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const fields = new FormData(form);
    if (await onInvite(String(fields.get('email') ?? ''), fields.get('role') as Role)) form.reset();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <label className="flex flex-col gap-1.5 font-medium">
        E-mail address
        <input
          name="email"
          type="email"
          required
          maxLength={254}
          autoComplete="off"
          spellCheck={false}
          placeholder="friend@example.org"
          className="w-full rounded-box border border-line-strong bg-paper px-3 py-2.5 font-normal placeholder:text-muted/80"
        />
      </label>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 font-medium">As</legend>
        {ROLES.map((role) => (
          <label
            key={role}
            className="flex cursor-pointer items-start gap-3 rounded-box border border-line px-3 py-2 has-checked:border-ink has-checked:bg-sunken has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-(--focus)"
          >
            <input
              type="radio"
              name="role"
              value={role}
              defaultChecked={role === 'developer'}
              className="mt-1 accent-(--ink) outline-none"
            />
            <span>
              <span className="block font-medium">{ROLE_WORDS[role].name}</span>
              <span className="block text-xs text-muted">{ROLE_WORDS[role].may}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <p className="text-xs text-muted">
        {sendsMail ? 'They get a mail with a link' : 'You get a link to hand over'}; it is good for a week, and for one
        person.
      </p>
      <button type="submit" disabled={isBusy} className={`${BUTTON.primary} self-start`}>
        {isBusy ? 'Inviting…' : 'Invite'}
      </button>
    </form>
  );
}
