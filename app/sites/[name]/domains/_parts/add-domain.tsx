// Which domain to add.

'use client';

import type { FormEvent } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';

export function AddDomain({ isBusy, onAdd }: { isBusy: boolean; onAdd: (name: string) => Promise<boolean> }) {
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (await onAdd(String(new FormData(form).get('name') ?? ''))) form.reset();
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-3 text-sm">
      <label className="flex min-w-0 flex-1 basis-64 flex-col gap-1.5 font-medium">
        Domain
        <input
          name="name"
          required
          maxLength={300}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="shop.example.org"
          className="w-full rounded-box border border-line-strong bg-paper px-3 py-2.5 font-mono font-normal placeholder:text-muted/80"
        />
      </label>
      <button type="submit" disabled={isBusy} className={`${BUTTON.primary} py-2.5`}>
        {isBusy ? 'Adding…' : 'Add'}
      </button>
    </form>
  );
}
