// The sites that others share with the account, and the way out of each.

'use client';

import { useState } from 'react';
import { BUTTON } from '../../_components/buttons.ts';
import { callApi, type Problem } from '../../_components/call-api.ts';
import { Card } from '../../_components/card.tsx';
import { Dialog } from '../../_components/dialog.tsx';
import { Link } from '../../_components/link.tsx';
import { Notice } from '../../_components/notice.tsx';
import { ROLE_WORDS, type Role } from '../../_components/role-words.ts';

export interface SharedSite {
  name: string;
  role: Role;
}

export function SharedSection({ initial }: { initial: SharedSite[] }) {
  const [sites, setSites] = useState(initial);
  const [leaving, setLeaving] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);

  const leave = async (name: string) => {
    setBusy(true);
    const answer = await callApi('DELETE', '/api/memberships', { site: name });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (!answer.ok) return;
    setSites((before) => before.filter((site) => site.name !== name));
    setLeaving(null);
  };

  return (
    <Card title="Shared with you" id="shared">
      {sites.length === 0 ? (
        <p className="text-sm text-muted">Sites of others that you were invited to are listed here.</p>
      ) : null}
      <ul className="flex flex-col gap-2 text-sm empty:hidden">
        {sites.map(({ name, role }) => (
          <li key={name} className="flex items-center gap-3 rounded-box bg-sunken px-3 py-2" data-testid="shared-site">
            <span className="min-w-0 flex-1">
              <Link href={`/sites/${name}`} className="block truncate font-medium underline-offset-4 hover:underline">
                {name}
              </Link>
              <span className="block text-xs text-muted">
                {ROLE_WORDS[role].name}: {ROLE_WORDS[role].may}
              </span>
            </span>
            <button
              type="button"
              className={BUTTON.quiet}
              aria-label={`Leave ${name}`}
              onClick={() => setLeaving(name)}
            >
              Leave…
            </button>
          </li>
        ))}
      </ul>
      <Dialog
        title={`Leave ${leaving ?? 'the site'}?`}
        id="leave-dialog"
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
      >
        <div className="flex flex-col gap-4 text-sm">
          <p className="text-muted">
            You no longer see it, and your sessions there end. Only its owner can invite you again.
          </p>
          {problem ? <Notice tone="bad" message={problem.message} hint={problem.hint} urgent /> : null}
          <div className="flex justify-end gap-3">
            <button type="button" className={BUTTON.quiet} onClick={() => setLeaving(null)}>
              Stay
            </button>
            <button
              type="button"
              className={BUTTON.danger}
              disabled={isBusy}
              onClick={() => leaving && void leave(leaving)}
            >
              {isBusy ? 'Leaving…' : 'Leave the site'}
            </button>
          </div>
        </div>
      </Dialog>
    </Card>
  );
}
