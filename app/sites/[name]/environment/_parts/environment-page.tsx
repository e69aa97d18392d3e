// A site's variables: looked at, changed together, and given to the app by one restart that loses no request.

'use client';

import { useState } from 'react';
import type { EnvironmentView } from '#lib/environment/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Card } from '../../../../_components/card.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { AddVariables } from './add-variables.tsx';
import { asBefore, type Draft, NO_DRAFT, rowsOf, summaryOf, withFile, without, withValue } from './draft.ts';
import { EnvironmentState } from './environment-state.tsx';
import { type LiveEnvironment, useEnvironment } from './use-environment.ts';
import { VariableRow } from './variable-row.tsx';

export function EnvironmentPage({ name, initial }: { name: string; initial: EnvironmentView }) {
  const live = useEnvironment(name, initial);
  const [draft, setDraft] = useState(NO_DRAFT);
  const saved = live.view.variables.map((variable) => variable.name);
  const save = async () => {
    if (await live.save(draft)) setDraft(NO_DRAFT);
  };
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-28 pt-2 *:max-w-3xl sm:px-8">
      <div>
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Environment</h1>
        <p className="mt-2 max-w-prose text-muted">
          Variables for the app, its builds and your shell. They are kept encrypted, and out of the repository.
        </p>
      </div>
      <EnvironmentState name={name} live={live} />
      <Card title="Variables" id="variables" aside={<Count count={saved.length} />}>
        <Rows live={live} saved={saved} draft={draft} onDraft={setDraft} />
        <AddVariables
          taken={rowsOf(saved, draft)}
          onAdd={(variable, value) => setDraft(withValue(draft, variable, value))}
          onFile={(file) => setDraft(withFile(draft, file))}
        />
      </Card>
      {live.problem ? (
        <Notice
          tone="bad"
          message={live.problem.message}
          hint={live.problem.hint}
          urgent
          testId="environment-problem"
        />
      ) : null}
      <SaveBar
        summary={summaryOf(saved, draft)}
        isBusy={live.isBusy}
        onSave={() => void save()}
        onDiscard={() => setDraft(NO_DRAFT)}
      />
    </main>
  );
}

function Count({ count }: { count: number }) {
  return <span className="text-sm text-muted">{count === 0 ? '' : `${count} of 100`}</span>;
}

interface RowsProps {
  live: LiveEnvironment;
  saved: string[];
  draft: Draft;
  onDraft: (draft: Draft) => void;
}

function Rows({ live, saved, draft, onDraft }: RowsProps) {
  const rows = rowsOf(saved, draft);
  if (rows.length === 0) return <NothingYet />;
  return (
    <ul aria-label="Variables" className="mb-5 flex flex-col">
      {rows.map((variable) => (
        <VariableRow
          key={variable}
          name={variable}
          isSaved={saved.includes(variable)}
          value={live.values?.get(variable) ?? null}
          change={draft.get(variable)}
          onReveal={live.reveal}
          onChange={(value) => onDraft(withValue(draft, variable, value))}
          onRemove={() => onDraft(without(draft, variable, saved))}
          onUndo={() => onDraft(asBefore(draft, variable))}
        />
      ))}
    </ul>
  );
}

const EXAMPLES = [
  { stack: 'Python', code: 'os.environ["DATABASE_URL"]' },
  { stack: 'Node', code: ['process', 'env', 'DATABASE_URL'].join('.') },
];

function NothingYet() {
  return (
    <div className="mb-5 rounded-box bg-sunken px-4 py-4 text-sm" data-testid="environment-empty">
      <p className="font-medium">Nothing is set yet.</p>
      <p className="mt-1 text-muted">
        Put here what must not be in the repository, such as a password or a key. The app reads it like this:
      </p>
      <dl className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1 text-xs">
        {EXAMPLES.map(({ stack, code }) => (
          <div key={stack} className="contents">
            <dt className="text-muted">{stack}</dt>
            <dd className="font-mono [overflow-wrap:anywhere]">{code}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

interface SaveBarProps {
  summary: string;
  isBusy: boolean;
  onSave: () => void;
  onDiscard: () => void;
}

function SaveBar({ summary, isBusy, onSave, onDiscard }: SaveBarProps) {
  return (
    <section aria-label="Changes" aria-live="polite">
      {summary === '' ? null : (
        <div className="fixed inset-x-0 bottom-0 z-10 border-t border-line-strong bg-surface">
          <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-3 sm:px-8">
            <p className="text-sm font-semibold" data-testid="environment-changes">
              {summary}
            </p>
            <div className="flex gap-2">
              <button type="button" className={BUTTON.quiet} disabled={isBusy} onClick={onDiscard}>
                Discard
              </button>
              <button type="button" className={BUTTON.primary} disabled={isBusy} onClick={onSave}>
                {isBusy ? 'Saving…' : 'Save and restart'}
              </button>
            </div>
          </div>
        </div>
      )}
    </section>
  );
}
