// Gives the site to somebody who shares it already.

'use client';

import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { useAct } from './use-act.ts';

export function TransferForm({ name }: { name: string }) {
  const [email, setEmail] = useState('');
  const router = useRouter();
  const act = useAct();
  const transfer = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await act.post(`/api/sites/${name}/transfer`, { email });
    if (answer.ok) router.refresh();
  };
  return (
    <form onSubmit={transfer} className="flex flex-col gap-4 text-sm">
      <p className="text-muted">
        Somebody who shares this site becomes its owner, and it counts to what they may have. You stay one of its
        owners, until they decide otherwise.
      </p>
      <div className="flex flex-wrap items-end gap-3">
        <label className="flex min-w-0 flex-1 basis-64 flex-col gap-1.5 font-medium">
          Their e-mail address
          <input
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            required
            maxLength={254}
            autoComplete="off"
            className="rounded-box border border-line-strong bg-paper px-3 py-2.5 font-normal"
          />
        </label>
        <button type="submit" disabled={act.isBusy || email.trim() === ''} className={`${BUTTON.danger} py-2.5`}>
          {act.isBusy ? 'Giving…' : 'Give it to them'}
        </button>
      </div>
      <p role="status" className="empty:hidden" data-testid="transferred">
        {act.isDone ? 'It is theirs now.' : ''}
      </p>
      {act.problem ? (
        <Notice tone="bad" message={act.problem.message} hint={act.problem.hint} urgent testId="transfer-problem" />
      ) : null}
    </form>
  );
}
