// Asks before something is done to several sites, shows how far it is, and what came of each.

'use client';

import { CircleAlert, CircleCheck } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { AdminRow } from '#lib/admin/row.ts';
import { formatBytes } from '#lib/bytes.ts';
import { count } from '../../../_components/amounts.ts';
import { BUTTON } from '../../../_components/buttons.ts';
import { sitesWords } from '../amounts.ts';
import { BULK_WORDS, type BulkAction } from './bulk-actions.ts';
import { type Outcome, runBulk } from './run-bulk.ts';

interface BulkDialogProps {
  action: BulkAction;
  rows: AdminRow[];
  plans: string[];
  onClose: (done: string[]) => void;
}

const FIELD = 'rounded-box border border-line-strong bg-surface px-3 py-2.5';

export function BulkDialog({ action, rows, plans, onClose }: BulkDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [targets] = useState(rows);
  const [typed, setTyped] = useState('');
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null);
  const words = BULK_WORDS[action];
  const isSure = action !== 'delete' || typed.trim() === String(targets.length);
  const isOver = outcomes !== null && outcomes.length >= targets.length;
  useEffect(() => dialog.current?.showModal(), []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isSure || outcomes) return;
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? '').trim();
    const request = {
      action,
      ...(action === 'hold' ? { reason: field('reason') } : {}),
      ...(action === 'plan' ? { plan: field('plan') } : {}),
    };
    setOutcomes([]);
    await runBulk(
      targets.map(({ name }) => name),
      request,
      setOutcomes,
    );
  };

  return (
    <dialog
      ref={dialog}
      aria-labelledby="bulk-title"
      onClose={() => onClose((outcomes ?? []).filter(({ ok }) => ok).map(({ name }) => name))}
      onCancel={(event) => {
        if (outcomes && !isOver) event.preventDefault();
      }}
      className="m-auto w-[min(34rem,calc(100vw-2rem))] rounded-card border border-line-strong bg-surface p-6 text-ink backdrop:bg-night/60"
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <h2 id="bulk-title" className="text-lg font-bold">
          {outcomes ? resultTitle(outcomes, targets.length, words.done) : words.question(sitesWords(targets.length))}
        </h2>
        {outcomes ? (
          <Results outcomes={outcomes} total={targets.length} />
        ) : (
          <>
            <p className="text-sm text-muted">
              {action === 'delete' ? `${formatBytes(diskOf(targets))} on ${sitesWords(targets.length)}: ` : ''}
              {words.explains}
            </p>
            <Names rows={targets} />
            {action === 'hold' ? <Reason /> : null}
            {action === 'plan' ? <PlanChoice plans={plans} /> : null}
            {action === 'delete' ? (
              <label className="flex flex-col gap-1.5 text-sm font-medium">
                Type how many sites there are, {targets.length}, to confirm
                <input
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  inputMode="numeric"
                  autoComplete="off"
                  className={`${FIELD} font-mono`}
                />
              </label>
            ) : null}
          </>
        )}
        <div className="flex justify-end gap-3">
          <button
            type="button"
            className={BUTTON.quiet}
            disabled={outcomes !== null && !isOver}
            onClick={() => dialog.current?.close()}
          >
            {outcomes ? 'Close' : 'Cancel'}
          </button>
          {outcomes ? null : (
            <button type="submit" disabled={!isSure} className={words.isDanger ? BUTTON.danger : BUTTON.primary}>
              {words.confirm}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}

function resultTitle(outcomes: Outcome[], total: number, done: string): string {
  if (outcomes.length < total) return `${count(outcomes.length)} of ${count(total)} …`;
  return `${sitesWords(outcomes.filter(({ ok }) => ok).length)} ${done}`;
}

function diskOf(rows: AdminRow[]): number {
  return rows.reduce((sum, { disk }) => sum + (disk ?? 0), 0);
}

const NAMES_MAX = 12;

function Names({ rows }: { rows: AdminRow[] }) {
  const more = rows.length - NAMES_MAX;
  return (
    <p className="max-h-32 overflow-y-auto rounded-box bg-sunken px-3 py-2 text-sm">
      {rows
        .slice(0, NAMES_MAX)
        .map(({ name }) => name)
        .join(', ')}
      {more > 0 ? ` and ${count(more)} more` : ''}
    </p>
  );
}

function Reason() {
  return (
    <label className="flex flex-col gap-1.5 text-sm font-medium">
      Reason, for the owner to read
      <input
        name="reason"
        required
        minLength={3}
        maxLength={300}
        autoComplete="off"
        placeholder="It sends mail that nobody asked for."
        className={FIELD}
      />
    </label>
  );
}

function PlanChoice({ plans }: { plans: string[] }) {
  return (
    <label className="flex flex-col gap-1.5 text-sm font-medium">
      New plan
      <select name="plan" required className={FIELD}>
        {plans.map((plan) => (
          <option key={plan} value={plan}>
            {plan}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What failed comes first. */
function Results({ outcomes, total }: { outcomes: Outcome[]; total: number }) {
  const sorted = outcomes.toSorted((a, b) => Number(a.ok) - Number(b.ok));
  return (
    <>
      <progress className="w-full accent-(--meter)" value={outcomes.length} max={total} aria-label="Done so far" />
      <ul aria-label="Results" aria-live="polite" className="flex max-h-72 flex-col gap-2 overflow-y-auto text-sm">
        {sorted.map((outcome) => (
          <li key={outcome.name} className="flex gap-2" data-testid={`outcome-${outcome.name}`} data-ok={outcome.ok}>
            {outcome.ok ? (
              <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden="true" />
            ) : (
              <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden="true" />
            )}
            <span className="min-w-0 break-words">
              <strong className="font-semibold">{outcome.name}</strong>{' '}
              {outcome.ok ? <span className="text-muted">done</span> : `${outcome.message} ${outcome.hint}`}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
