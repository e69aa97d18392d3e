// A secret that is told this once: to read, to copy, and then gone.

import { CopyButton } from './copy-button.tsx';

interface SecretOnceProps {
  /** One sentence about what to do with it. */
  children: string;
  text: string;
  /** For the copy button's name. */
  what: string;
  testId: string;
}

export function SecretOnce({ children, text, what, testId }: SecretOnceProps) {
  return (
    <div className="rounded-box border border-line-strong bg-sunken px-4 py-3 text-sm" data-testid={testId}>
      <p className="font-semibold">{children}</p>
      <p className="flex items-center gap-1">
        <code className="min-w-0 flex-1 font-mono text-xs [overflow-wrap:anywhere]">{text}</code>
        <CopyButton text={text} what={what} />
      </p>
    </div>
  );
}
