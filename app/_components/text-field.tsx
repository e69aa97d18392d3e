// A labelled field with what is wrong with it beside it. A password can be looked at while it is typed.

'use client';

import { Eye, EyeOff } from 'lucide-react';
import { type InputHTMLAttributes, useId, useState } from 'react';

interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  /** A quiet line below. */
  hint?: string | undefined;
  error?: string | undefined;
}

export function TextField({ label, hint, error, type = 'text', ...input }: TextFieldProps) {
  const id = useId();
  const [isShown, setShown] = useState(false);
  const isPassword = type === 'password';
  const said = error ?? hint;
  return (
    <div className="flex flex-col gap-1.5 text-sm">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      <div className="relative flex">
        <input
          {...input}
          id={id}
          type={isPassword && isShown ? 'text' : type}
          aria-invalid={error ? true : undefined}
          aria-describedby={said ? `${id}-said` : undefined}
          autoCapitalize="none"
          spellCheck={false}
          className={`w-full rounded-box border bg-surface px-4 py-3 text-base ${isPassword ? 'pr-13' : ''} ${error ? 'border-bad' : 'border-line-strong'}`}
        />
        {isPassword ? (
          <button
            type="button"
            aria-label={isShown ? 'Hide the password' : 'Show the password'}
            aria-pressed={isShown}
            onClick={() => setShown(!isShown)}
            className="absolute inset-y-1.5 right-1.5 inline-flex w-10 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-ink"
          >
            {isShown ? (
              <EyeOff className="size-4.5" aria-hidden="true" />
            ) : (
              <Eye className="size-4.5" aria-hidden="true" />
            )}
          </button>
        ) : null}
      </div>
      {said ? (
        <p
          id={`${id}-said`}
          role={error ? 'alert' : undefined}
          className={`text-xs ${error ? 'text-bad' : 'text-muted'}`}
        >
          {said}
        </p>
      ) : null}
    </div>
  );
}
