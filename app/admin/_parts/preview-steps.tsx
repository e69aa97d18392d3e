// The end of a form whose change is first foreseen and then done.

import { BUTTON } from '../../_components/buttons.ts';
import { Notice } from '../../_components/notice.tsx';
import type { Preview } from './use-preview.ts';

interface PreviewStepsProps {
  preview: Preview;
  canSee: boolean;
  onApply: (isForced: boolean) => void;
  onCancel: () => void;
  /** Said when it was done. */
  done: string | null;
}

export function PreviewSteps({ preview, canSee, onApply, onCancel, done }: PreviewStepsProps) {
  const { sentences, problem, mayForce, isBusy } = preview;
  return (
    <div className="mt-4 flex flex-col gap-3">
      <div aria-live="polite" className="empty:hidden">
        {sentences ? (
          <div className="rounded-box bg-sunken px-4 py-3 text-sm" data-testid="preview">
            <p className="font-semibold">{sentences.length === 0 ? 'Nothing that runs changes.' : 'What follows:'}</p>
            <ul className="mt-1 list-disc pl-5">
              {sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </div>
        ) : null}
        {done && !sentences && !problem ? (
          <p className="text-sm font-semibold text-good" data-testid="preview-done">
            {done}
          </p>
        ) : null}
      </div>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="preview-problem" />
      ) : null}
      <div className="flex flex-wrap justify-end gap-2">
        {sentences ? (
          <>
            <button type="button" className={BUTTON.quiet} disabled={isBusy} onClick={onCancel}>
              Not now
            </button>
            {mayForce ? (
              <button type="button" className={BUTTON.danger} disabled={isBusy} onClick={() => onApply(true)}>
                Apply all the same
              </button>
            ) : (
              <button type="button" className={BUTTON.primary} disabled={isBusy} onClick={() => onApply(false)}>
                {isBusy ? 'Applying…' : 'Apply'}
              </button>
            )}
          </>
        ) : (
          <button type="submit" className={BUTTON.quiet} disabled={!canSee || isBusy}>
            {isBusy ? 'Looking…' : 'See what follows'}
          </button>
        )}
      </div>
    </div>
  );
}
