// One domain: how far it is, and the records that are still to be set where the domain is managed.

import { Check, RefreshCw, Trash2 } from 'lucide-react';
import type { DomainState, DomainView } from '#lib/domains/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { CopyButton } from '../../../../_components/copy-button.tsx';
import { Notice } from '../../../../_components/notice.tsx';

interface DomainCardProps {
  domain: DomainView;
  isBusy: boolean;
  /** Null: who looks may not. */
  onLook: (() => void) | null;
  onRemove: (() => void) | null;
}

const STATES: Record<DomainState, { words: string; look: string }> = {
  unproved: { words: 'Waits for its records', look: 'text-warn' },
  elsewhere: { words: 'Leads elsewhere', look: 'text-warn' },
  ordering: { words: 'Getting its certificate', look: 'text-accent' },
  plain: { words: 'Live', look: 'text-good' },
  secure: { words: 'Live, over HTTPS', look: 'text-good' },
};

export function DomainCard({ domain, isBusy, onLook, onRemove }: DomainCardProps) {
  const { name, state, address, records, problem, certificateEndsAt } = domain;
  const { words, look } = STATES[state];
  const isLive = state === 'secure' || state === 'plain';
  const needs = records.some(({ isThere }) => !isThere);
  return (
    <li
      className="flex flex-col gap-4 rounded-card border border-line bg-surface p-5 sm:p-6"
      data-testid="domain"
      data-state={state}
      aria-label={name}
    >
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="text-lg font-bold [overflow-wrap:anywhere]">
            {isLive ? (
              <a href={address} className="underline decoration-line-strong underline-offset-4 hover:decoration-ink">
                {name}
              </a>
            ) : (
              name
            )}
          </h2>
          <p className={`text-sm font-semibold ${look}`} data-testid="domain-state">
            {words}
          </p>
        </div>
        <div className="flex items-center gap-2">
          {onLook && needs ? (
            <button type="button" className={BUTTON.quiet} disabled={isBusy} onClick={onLook}>
              <RefreshCw className="size-4" aria-hidden="true" />
              Check now
            </button>
          ) : null}
          {onRemove ? (
            <button
              type="button"
              disabled={isBusy}
              aria-label={`Remove ${name}`}
              title="Remove"
              onClick={onRemove}
              className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-bad"
            >
              <Trash2 className="size-4.5" aria-hidden="true" />
            </button>
          ) : null}
        </div>
      </div>
      {needs ? <Records records={records} /> : null}
      {problem ? <Notice tone="warn" message={problem} hint={hintOf(state)} testId="domain-notice" /> : null}
      {certificateEndsAt ? (
        <p className="text-xs text-muted">
          Its certificate ends on {certificateEndsAt.slice(0, 10)} and is renewed before.
        </p>
      ) : null}
    </li>
  );
}

function hintOf(state: DomainState): string {
  if (state === 'ordering') return 'It is tried again by itself; “Check now” does not wait.';
  return 'A new record can take some minutes to be seen everywhere; it is looked for again by itself.';
}

function Records({ records }: { records: DomainView['records'] }) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="text-muted">Set these where the domain is managed, and leave them there:</p>
      <ul className="flex flex-col gap-2">
        {records.map(({ type, name, value, isThere }) => (
          <li
            key={`${type} ${value}`}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 rounded-box bg-sunken py-1.5 pl-3 pr-1.5 sm:grid-cols-[3.25rem_minmax(0,1fr)_auto]"
            data-testid="record"
            data-there={isThere}
          >
            <span className="font-mono text-xs font-semibold max-sm:col-span-full">{type}</span>
            <dl className="grid min-w-0 grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-3 gap-y-0.5 font-mono text-xs">
              <dt className="font-sans text-muted">Name</dt>
              <dd className="[overflow-wrap:anywhere]">{name}</dd>
              <dt className="font-sans text-muted">Value</dt>
              <dd className="[overflow-wrap:anywhere]">{value}</dd>
            </dl>
            {isThere ? (
              <span className="inline-flex size-9 items-center justify-center text-good">
                <Check className="size-4.5" aria-hidden="true" />
                <span className="sr-only">It is there.</span>
              </span>
            ) : (
              <CopyButton text={value} what={`the value of the ${type} record`} />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
