// Another name. What that means is said before, and the page goes along to the new address.

'use client';

import { type FormEvent, useState } from 'react';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { useAct } from './use-act.ts';

export function RenameForm({ view }: { view: SiteView }) {
  const [typed, setTyped] = useState('');
  const act = useAct();
  const suffix = new URL(view.address).host.slice(view.name.length);
  const rename = async (event: FormEvent) => {
    event.preventDefault();
    await act.post(`/api/sites/${view.name}/rename`, { name: typed });
  };
  return (
    <form onSubmit={rename} className="flex flex-col gap-4 text-sm">
      <p className="text-muted">
        The name is the first part of the address and of the git remote. Visitors and remotes of the old name find their
        way to the new one for 30 days, and nobody else is given it meanwhile.
      </p>
      <div className="flex flex-wrap items-end gap-3">
        <label className="flex min-w-0 flex-1 basis-64 flex-col gap-1.5 font-medium">
          New name
          <span className="flex items-center rounded-box border border-line-strong bg-paper focus-within:outline-3 focus-within:outline-offset-2 focus-within:outline-(--focus)">
            <input
              name="name"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              placeholder={view.name}
              maxLength={30}
              required
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              className="min-w-0 flex-1 bg-transparent px-3 py-2.5 font-mono font-normal outline-none placeholder:text-muted/70"
            />
            <span className="truncate pr-3 font-mono font-normal text-muted">{suffix}</span>
          </span>
        </label>
        <button type="submit" disabled={act.isBusy || typed.trim() === ''} className={`${BUTTON.quiet} py-2.5`}>
          {act.isBusy ? 'Renaming…' : 'Rename'}
        </button>
      </div>
      {act.problem ? (
        <Notice tone="bad" message={act.problem.message} hint={act.problem.hint} urgent testId="rename-problem" />
      ) : null}
    </form>
  );
}
