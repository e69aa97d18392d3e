// One plain sentence about what is the matter, and one about what to do.

import { CircleAlert, Info, TriangleAlert } from 'lucide-react';

export type Tone = 'info' | 'warn' | 'bad';

const LOOK: Record<Tone, { icon: typeof Info; colour: string }> = {
  info: { icon: Info, colour: 'text-accent' },
  warn: { icon: TriangleAlert, colour: 'text-warn' },
  bad: { icon: CircleAlert, colour: 'text-bad' },
};

interface NoticeProps {
  tone: Tone;
  message: string;
  /** Words between backticks are shown as code. */
  hint?: string | undefined;
  /** Interrupts a screen reader: for the answer to what the user just did. */
  urgent?: boolean;
  testId?: string;
}

export function Notice({ tone, message, hint, urgent = false, testId = 'notice' }: NoticeProps) {
  const { icon: Icon, colour } = LOOK[tone];
  return (
    <div
      role={urgent ? 'alert' : undefined}
      data-testid={testId}
      data-tone={tone}
      className="flex gap-3 rounded-box border border-line-strong bg-surface px-4 py-3 text-sm text-ink"
    >
      <Icon className={`mt-0.5 size-5 shrink-0 ${colour}`} aria-hidden="true" />
      <p className="min-w-0 break-words">
        <strong className="font-semibold">{withCode(message)}</strong> {withCode(hint ?? '')}
      </p>
    </div>
  );
}

function withCode(text: string) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={part} className="rounded bg-sunken px-1.5 py-0.5 font-mono text-xs [overflow-wrap:anywhere]">
        {part}
      </code>
    ),
  );
}
