// What an admin can do to a site besides setting its limits.

'use client';

import { type FormEvent, useRef, useState } from 'react';
import type { AdminSite } from '#lib/admin/site.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { type Answer, callApi, type Problem } from '../../../_components/call-api.ts';
import { Notice } from '../../../_components/notice.tsx';
import type { Outcome } from '../sites/run-bulk.ts';
import { DeleteDialog } from './delete-dialog.tsx';

interface SiteActsProps {
  site: AdminSite;
  onDone: () => Promise<void>;
}

export function SiteActs({ site, onDone }: SiteActsProps) {
  const act = useAct(onDone);
  const path = `/api/admin/sites/${site.name}`;
  const rest = (action: 'sleep' | 'wake') => act.run(action, () => restBy(site.name, action));
  if (site.state === 'deleting') return <p className="text-sm text-muted">It is being removed.</p>;
  return (
    <div className="flex flex-col divide-y divide-line [&>*]:py-4 [&>*:first-child]:pt-0 [&>*:last-child]:pb-0">
      {site.heldBy === null ? (
        <HoldForm
          isBusy={act.busy !== null}
          onHold={(reason) => act.run('hold', () => callApi('POST', `${path}/hold`, { reason }))}
        />
      ) : (
        <Act says="Held: it stays stopped until it is released.">
          <button
            type="button"
            className={BUTTON.primary}
            disabled={act.busy !== null}
            onClick={() => act.run('release', () => callApi('POST', `${path}/release`))}
          >
            Release
          </button>
        </Act>
      )}
      {site.state === 'live' ? (
        <Act says="Asleep it uses no CPU, and the next visit wakes it.">
          <button type="button" className={BUTTON.quiet} disabled={act.busy !== null} onClick={() => rest('sleep')}>
            Put to sleep
          </button>
        </Act>
      ) : null}
      {site.state === 'asleep' ? (
        <Act
          says={site.rest === 'frozen' ? 'It is frozen, in memory as it was.' : 'It is stopped; only its disk is kept.'}
        >
          <button type="button" className={BUTTON.quiet} disabled={act.busy !== null} onClick={() => rest('wake')}>
            Wake
          </button>
        </Act>
      ) : null}
      {site.state === 'live' ? (
        <Act says="A restart ends every process and starts the live release again. The disk stays.">
          <button
            type="button"
            className={BUTTON.quiet}
            disabled={act.busy !== null}
            onClick={() => act.run('restart', () => callApi('POST', `/api/sites/${site.name}/restart`))}
          >
            Restart
          </button>
        </Act>
      ) : null}
      <Act says="Deleting takes disk, repository, keys, history and address at once.">
        <DeleteDialog name={site.name} diskBytes={site.usage?.disk ?? 0} onDone={onDone} />
      </Act>
      {act.problem ? (
        <Notice tone="bad" message={act.problem.message} hint={act.problem.hint} urgent testId="act-problem" />
      ) : null}
    </div>
  );
}

function Act({ says, children }: { says: string; children: React.ReactNode }) {
  return (
    <div className="flex items-center justify-between gap-4 text-sm">
      <p className="text-muted">{says}</p>
      {children}
    </div>
  );
}

function HoldForm({ isBusy, onHold }: { isBusy: boolean; onHold: (reason: string) => void }) {
  const form = useRef<HTMLFormElement>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onHold(String(new FormData(event.currentTarget).get('reason') ?? '').trim());
  };
  return (
    <form ref={form} onSubmit={submit} className="flex flex-col gap-2 text-sm">
      <label className="flex flex-col gap-1.5">
        <span className="text-muted">Held, it is stopped until an admin releases it. Its owner reads the reason:</span>
        <input
          name="reason"
          required
          minLength={3}
          maxLength={300}
          autoComplete="off"
          aria-label="Reason for the hold"
          placeholder="It sends mail that nobody asked for."
          className="h-10 rounded-box border border-line-strong bg-surface px-3"
        />
      </label>
      <button type="submit" disabled={isBusy} className={`${BUTTON.danger} self-end`}>
        Hold
      </button>
    </form>
  );
}

/** One act at a time; the page is asked again when it was taken. */
function useAct(onDone: () => Promise<void>) {
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (name: string, call: () => Promise<Answer<unknown>>) => {
    setBusy(name);
    const answer = await call();
    setProblem(answer.ok ? null : answer.problem);
    await onDone();
    setBusy(null);
  };
  return { busy, problem, run: (name: string, call: () => Promise<Answer<unknown>>) => void run(name, call) };
}

/** The way of many, for one. */
async function restBy(name: string, action: 'sleep' | 'wake'): Promise<Answer<unknown>> {
  const answer = await callApi<{ outcomes: Outcome[] }>('POST', '/api/admin/bulk', { names: [name], action });
  const outcome = answer.ok ? answer.data.outcomes[0] : undefined;
  if (!outcome || outcome.ok) return answer;
  return { ok: false, status: 409, problem: { message: outcome.message, hint: outcome.hint } };
}
