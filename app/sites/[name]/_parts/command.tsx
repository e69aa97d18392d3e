// A command to type, shown whole, with a button that copies exactly it.

import { CopyButton } from '../../../_components/copy-button.tsx';

interface CommandProps {
  text: string;
  what: string;
  testId?: string;
}

export function Command({ text, what, testId }: CommandProps) {
  const breaks = text.includes('://') ? 'break-all' : 'break-words';
  return (
    <div className="flex items-start gap-2 rounded-box bg-night py-1 pl-4 pr-1.5 text-night-ink">
      <span aria-hidden="true" className="select-none py-2 font-mono text-xs text-night-muted">
        $
      </span>
      <code data-testid={testId} className={`min-w-0 flex-1 whitespace-pre-wrap py-2 font-mono text-xs ${breaks}`}>
        {text}
      </code>
      <CopyButton text={text} what={what} onNight />
    </div>
  );
}
