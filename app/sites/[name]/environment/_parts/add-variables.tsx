// The way in for new variables: one by name and value, or a whole .env file that is pasted.

'use client';

import { Plus } from 'lucide-react';
import { type ClipboardEvent, type FormEvent, useState } from 'react';
import { type EnvFile, parseEnvFile } from '#lib/environment/env-file.ts';
import { type Fault, faultOfName, faultOfValue } from '#lib/environment/variables.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { Disclosure } from '../../../../_components/disclosure.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { readPasted } from './draft.ts';

interface AddVariablesProps {
  taken: string[];
  onAdd: (name: string, value: string) => void;
  onFile: (file: EnvFile) => void;
}

const FIELD =
  'w-full rounded-box border border-line-strong bg-paper px-3 py-2 font-mono text-xs placeholder:text-muted/80';

export function AddVariables({ taken, onAdd, onFile }: AddVariablesProps) {
  const [fault, setFault] = useState<Fault | null>(null);
  const [left, setLeft] = useState<EnvFile['left']>([]);

  const take = (file: EnvFile) => {
    setFault(null);
    setLeft(file.left);
    onFile(file);
  };
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const name = String(data.get('name') ?? '').trim();
    // A form's text has the line ends of HTTP.
    const value = String(data.get('value') ?? '').replaceAll('\r\n', '\n');
    const found = faultOfName(name) ?? faultOfValue(name, value) ?? (taken.includes(name) ? takenFault(name) : null);
    setFault(found);
    setLeft([]);
    if (found) return;
    onAdd(name, value);
    form.reset();
    form.querySelector('input')?.focus();
  };
  const paste = (event: ClipboardEvent) => {
    const file = readPasted(event.clipboardData.getData('text'));
    if (!file) return;
    event.preventDefault();
    take(file);
  };

  return (
    <div className="border-t border-line pt-5">
      <form onSubmit={add} className="grid gap-3 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] sm:items-end">
        <div>
          <label htmlFor="variable-name" className="mb-1 block text-sm font-medium">
            Name
          </label>
          <input
            id="variable-name"
            name="name"
            required
            maxLength={200}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="none"
            placeholder="DATABASE_URL"
            onPaste={paste}
            className={FIELD}
          />
        </div>
        <div>
          <label htmlFor="variable-value" className="mb-1 block text-sm font-medium">
            Value
          </label>
          <textarea
            id="variable-value"
            name="value"
            rows={1}
            spellCheck={false}
            autoComplete="off"
            className={`${FIELD} block field-sizing-content max-h-48 min-h-9.5 resize-y`}
          />
        </div>
        <button type="submit" className={`${BUTTON.quiet} justify-self-start`}>
          <Plus className="size-4" aria-hidden="true" />
          Add
        </button>
      </form>
      <PasteFile onFile={take} />
      <div className="mt-3 flex flex-col gap-3 empty:hidden">
        {fault ? <Notice tone="bad" message={fault.message} hint={fault.hint} urgent testId="variable-fault" /> : null}
        {left.length > 0 ? <LeftOut left={left} /> : null}
      </div>
    </div>
  );
}

function takenFault(name: string): Fault {
  return { message: `There is a variable ${name} already.`, hint: 'Edit it above.' };
}

function PasteFile({ onFile }: { onFile: (file: EnvFile) => void }) {
  const read = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    onFile(parseEnvFile(String(new FormData(form).get('file') ?? '')));
    form.reset();
  };
  return (
    <Disclosure title="Paste a .env file" className="mt-3">
      <form onSubmit={read} className="mt-2 flex flex-col gap-2">
        <label htmlFor="env-file" className="sr-only">
          Text of the .env file
        </label>
        <textarea
          id="env-file"
          name="file"
          required
          rows={6}
          spellCheck={false}
          autoComplete="off"
          placeholder={'# comments are left out\nAPI_KEY="abc"\nDEBUG=false'}
          className={FIELD}
        />
        <button type="submit" className={`${BUTTON.quiet} self-start`}>
          Read it
        </button>
      </form>
    </Disclosure>
  );
}

function LeftOut({ left }: { left: EnvFile['left'] }) {
  return (
    <div role="status" data-testid="env-file-left" className="rounded-box bg-sunken px-4 py-3 text-sm">
      <p className="font-medium">
        {left.length === 1 ? 'One line was left out.' : `${left.length} lines were left out.`}
      </p>
      <ul className="mt-1 text-muted">
        {left.slice(0, 8).map(({ line, name, why }) => (
          <li key={line} className="[overflow-wrap:anywhere]">
            Line {line}
            {name && !why.includes(name) ? `, ${name}` : ''}: {why}
          </li>
        ))}
      </ul>
    </div>
  );
}
