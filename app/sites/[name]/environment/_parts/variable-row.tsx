// One variable: masked until somebody wants to see it, and what is to become of it.

'use client';

import { Eye, EyeOff, Pencil, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { CopyButton } from '../../../../_components/copy-button.tsx';

interface VariableRowProps {
  name: string;
  isSaved: boolean;
  /** Null: not asked for yet. */
  value: string | null;
  /** Undefined: it stays as it is. Null: it is to go. */
  change: string | null | undefined;
  onReveal: () => Promise<boolean>;
  onChange: (value: string) => void;
  onRemove: () => void;
  onUndo: () => void;
}

const ICON_BUTTON =
  'inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-ink';

export function VariableRow(props: VariableRowProps) {
  const { name, isSaved, value, change } = props;
  const [isShown, setShown] = useState(false);
  const isGoing = change === null;
  const toggle = async () => {
    if (isShown) setShown(false);
    else if (await props.onReveal()) setShown(true);
  };
  return (
    <li data-testid={`variable-${name}`} className="border-t border-line py-2.5 first:border-t-0">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1 pt-1.5">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <code
              className={`font-mono text-sm font-semibold [overflow-wrap:anywhere] ${isGoing ? 'text-muted line-through' : ''}`}
            >
              {name}
            </code>
            <Fate isSaved={isSaved} change={change} />
          </p>
          {typeof change === 'string' ? (
            <textarea
              aria-label={`Value of ${name}`}
              value={change}
              rows={Math.min(change.split('\n').length, 8)}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => props.onChange(event.target.value)}
              className="mt-1.5 w-full rounded-box border border-line-strong bg-paper px-3 py-2 font-mono text-xs"
            />
          ) : null}
          {change === undefined ? <Value value={isShown ? value : null} /> : null}
        </div>
        {change === undefined ? (
          <>
            <button
              type="button"
              aria-label={`${isShown ? 'Hide' : 'Show'} the value of ${name}`}
              aria-pressed={isShown}
              onClick={() => void toggle()}
              className={ICON_BUTTON}
            >
              {isShown ? (
                <EyeOff className="size-4" aria-hidden="true" />
              ) : (
                <Eye className="size-4" aria-hidden="true" />
              )}
            </button>
            {isShown && value !== null ? <CopyButton text={value} what={`the value of ${name}`} /> : null}
          </>
        ) : null}
        {change === undefined ? <EditButton {...props} /> : null}
        {change !== undefined && isSaved ? (
          <button type="button" aria-label={`Keep ${name} as it is`} onClick={props.onUndo} className={ICON_BUTTON}>
            <RotateCcw className="size-4" aria-hidden="true" />
          </button>
        ) : null}
        {isGoing ? null : (
          <button
            type="button"
            aria-label={`Remove ${name}`}
            onClick={props.onRemove}
            className={`${ICON_BUTTON} hover:text-bad`}
          >
            <Trash2 className="size-4" aria-hidden="true" />
          </button>
        )}
      </div>
    </li>
  );
}

/** Where the value may not be read, a new one can be written. */
function EditButton({ name, value, onReveal, onChange }: VariableRowProps) {
  const [isWanted, setWanted] = useState(false);
  if (isWanted && value !== null) {
    setWanted(false);
    onChange(value);
  }
  return (
    <button
      type="button"
      aria-label={`Edit ${name}`}
      onClick={async () => {
        if (await onReveal()) setWanted(true);
        else onChange('');
      }}
      className={ICON_BUTTON}
    >
      <Pencil className="size-4" aria-hidden="true" />
    </button>
  );
}

function Value({ value }: { value: string | null }) {
  if (value === null) {
    return (
      <p className="font-mono text-xs tracking-widest text-muted">
        <span aria-hidden="true">••••••••</span>
        <span className="sr-only">The value is hidden.</span>
      </p>
    );
  }
  return (
    <pre className="mt-1 max-h-44 overflow-auto font-mono text-xs whitespace-pre-wrap [overflow-wrap:anywhere]">
      {value === '' ? <span className="text-muted">an empty text</span> : value}
    </pre>
  );
}

function Fate({ isSaved, change }: Pick<VariableRowProps, 'isSaved' | 'change'>) {
  if (change === undefined) return null;
  if (change === null) return <span className="text-xs font-semibold text-bad">will be removed</span>;
  return <span className="text-xs font-semibold text-accent">{isSaved ? 'will change' : 'new'}</span>;
}
