// A new password or token. Asked for twice, because the old one ends at once; the new one is shown where it was made.

'use client';

import { useState } from 'react';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { CopyButton } from '../../../../_components/copy-button.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { useAct } from './use-act.ts';

const SECRETS = {
  password: {
    title: 'Password',
    says: 'Opens SSH and git over SSH. A new one ends the sessions that the old one opened; keys stay.',
    sure: 'Make a new password',
  },
  token: {
    title: 'Token',
    says: 'Opens git over HTTP and the API. With a new one, remotes and scripts that carry the old one are refused.',
    sure: 'Make a new token',
  },
} as const;

type Secret = keyof typeof SECRETS;

export function RenewSecrets({ view }: { view: SiteView }) {
  return (
    <div className="flex flex-col divide-y divide-line text-sm [&>*]:py-5 [&>*:first-child]:pt-0 [&>*:last-child]:pb-0">
      <OneSecret secret="password" name={view.name} />
      <OneSecret secret="token" name={view.name} />
    </div>
  );
}

function OneSecret({ secret, name }: { secret: Secret; name: string }) {
  const { title, says, sure } = SECRETS[secret];
  const [isAsked, setAsked] = useState(false);
  const [value, setValue] = useState<string | null>(null);
  const act = useAct();
  const renew = async () => {
    const answer = await act.post<Record<Secret, string | null>>(`/api/sites/${name}/credentials`, { [secret]: true });
    setValue(answer.ok ? answer.data[secret] : null);
    setAsked(false);
  };
  return (
    <section aria-label={title} className="flex flex-col gap-3" data-testid={`secret-${secret}`}>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h3 className="font-semibold">{title}</h3>
          <p className="text-muted">{says}</p>
        </div>
        {isAsked ? (
          <div className="flex gap-2">
            <button type="button" className={BUTTON.quiet} onClick={() => setAsked(false)}>
              Keep it
            </button>
            <button type="button" className={BUTTON.danger} disabled={act.isBusy} onClick={renew}>
              {sure}
            </button>
          </div>
        ) : (
          <button type="button" className={BUTTON.quiet} onClick={() => setAsked(true)}>
            New {secret}…
          </button>
        )}
      </div>
      <div role="status" className="empty:hidden">
        {act.isDone && value ? (
          <p className="flex items-center gap-2 rounded-box bg-night py-1 pl-4 pr-1.5 text-night-ink">
            <span className="sr-only">The new {secret}:</span>
            <code className="min-w-0 flex-1 break-all py-2 font-mono text-xs" data-testid={`new-${secret}`}>
              {value}
            </code>
            <CopyButton text={value} what={`the ${secret}`} onNight />
          </p>
        ) : null}
        {act.isDone && !value ? <p className="text-muted">Done. Only its owners see the new one.</p> : null}
      </div>
      {act.problem ? (
        <Notice tone="bad" message={act.problem.message} hint={act.problem.hint} urgent testId="secret-problem" />
      ) : null}
    </section>
  );
}
