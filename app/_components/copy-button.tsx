// Copies a text and says so. Where the clipboard needs HTTPS and there is none, the old way of copying does.

'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';

const SHOWN_MS = 1_800;

interface CopyButtonProps {
  text: string;
  /** What is copied, for the button's name: "Copy the address". */
  what: string;
  onNight?: boolean;
}

export function CopyButton({ text, what, onNight = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const colours = onNight
    ? 'text-night-muted hover:bg-night-line hover:text-night-ink'
    : 'text-muted hover:bg-line/60 hover:text-ink';
  return (
    <>
      <button
        type="button"
        aria-label={`Copy ${what}`}
        title={`Copy ${what}`}
        data-copy={text}
        onClick={async () => setOutcome((await copyText(text)) ? 'copied' : 'failed')}
        className={`inline-flex size-9 shrink-0 items-center justify-center rounded-lg ${colours}`}
      >
        {outcome === 'copied' ? (
          <Check className="size-4.5 text-good" aria-hidden="true" />
        ) : (
          <Copy className="size-4.5" aria-hidden="true" />
        )}
      </button>
      <span role="status" className="sr-only">
        {outcome === 'copied' ? 'Copied.' : null}
        {outcome === 'failed' ? 'Could not copy: select the text instead.' : null}
      </span>
    </>
  );
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // no clipboard without a secure context, or not allowed
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr-only';
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}
