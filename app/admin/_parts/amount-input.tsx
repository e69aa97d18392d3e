// One number of a plan or of a limit, as people type it.

import { type LimitField, UNIT_HINTS } from './limit-fields.ts';

interface AmountInputProps {
  field: LimitField<string>;
  value: string;
  placeholder?: string;
  isWrong: boolean;
  onChange: (text: string) => void;
}

export function AmountInput({
  field: { name, title, unit, note },
  value,
  placeholder = '',
  isWrong,
  onChange,
}: AmountInputProps) {
  return (
    <label className="grid grid-cols-[minmax(0,1fr)_9rem] items-center gap-x-3 text-sm">
      <span className="min-w-0">
        <span className="font-medium">{title}</span>
        {note ? <span className="text-muted"> {note}</span> : null}
      </span>
      <input
        name={name}
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
        aria-invalid={isWrong || undefined}
        autoComplete="off"
        spellCheck={false}
        className="h-9 w-full rounded-box border border-line-strong bg-surface px-3 text-right tabular-nums placeholder:text-muted aria-invalid:border-bad"
      />
      {isWrong ? <span className="col-span-2 text-right text-xs text-bad">Write {UNIT_HINTS[unit]}.</span> : null}
    </label>
  );
}
