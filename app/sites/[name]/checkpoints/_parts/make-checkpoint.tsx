// The button that keeps the disk as it is now, with a name if one is given.

'use client';

import { Camera } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { CheckpointList } from '#lib/checkpoints/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';
import { Notice } from '../../../../_components/notice.tsx';

interface MakeCheckpointProps {
  name: string;
  manual: CheckpointList['manual'];
  disabled: boolean;
}

export function MakeCheckpoint({ name, manual, disabled }: MakeCheckpointProps) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isFull = manual.made >= manual.max;

  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    const answer = await callApi('POST', `/api/sites/${name}/checkpoints`, { label: new FormData(form).get('label') });
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
    if (answer.ok) form.reset();
  };

  return (
    <form onSubmit={make} className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-3">
        <label className="flex min-w-0 flex-1 basis-60 flex-col gap-1.5 text-sm font-medium">
          What for
          <input
            name="label"
            maxLength={60}
            placeholder="before the upgrade"
            autoComplete="off"
            className="min-w-0 rounded-box border border-line-strong bg-paper px-3 py-2.5 font-normal placeholder:text-muted/80"
          />
        </label>
        <button
          type="submit"
          disabled={isBusy || disabled || isFull}
          className={`${BUTTON.primary} py-3`}
          data-testid="make-checkpoint"
        >
          <Camera className="size-4.5" aria-hidden="true" />
          {isBusy ? 'Making it…' : 'Make a checkpoint'}
        </button>
      </div>
      <p className="text-sm text-muted">
        {manual.made} of {manual.max} made by hand
        {isFull ? '. Delete one to make another.' : '.'}
      </p>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="checkpoint-problem" />
      ) : null}
    </form>
  );
}
