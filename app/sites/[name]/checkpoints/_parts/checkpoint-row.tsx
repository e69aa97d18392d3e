// One checkpoint: when, why, what was live, what it holds, and what can be done with it.

import { Copy, LoaderCircle, Trash2, Undo2 } from 'lucide-react';
import { formatBytes } from '#lib/bytes.ts';
import type { CheckpointView } from '#lib/checkpoints/view.ts';
import type { Access } from '#lib/sites/access.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { RelativeTime } from '../../../../_components/time-text.tsx';
import { causeOf, releaseOf, titleOf } from './checkpoint-words.ts';

export type Act = 'restore' | 'clone' | 'drop';

interface CheckpointRowProps {
  checkpoint: CheckpointView;
  access: Access;
  isBusy: boolean;
  onAct: (act: Act) => void;
}

export function CheckpointRow({ checkpoint, access, isBusy, onAct }: CheckpointRowProps) {
  const { status, problem, createdAt, heldBytes } = checkpoint;
  const title = titleOf(checkpoint);
  const details = [causeOf(checkpoint), releaseOf(checkpoint)].filter((text) => text !== null);
  return (
    <li
      data-testid="checkpoint"
      data-status={status}
      data-cause={checkpoint.cause}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line py-3.5 text-sm first:border-t-0 first:pt-0 last:pb-0"
    >
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex items-baseline gap-2">
          <span className="min-w-0 truncate font-semibold" title={title}>
            {title}
          </span>
          <span className="shrink-0 text-xs text-muted">
            <RelativeTime at={createdAt} />
          </span>
        </p>
        {problem ? (
          <p className="text-xs text-bad">{problem}</p>
        ) : (
          <p className="truncate text-xs text-muted" title={details.join(' · ')}>
            {details.join(' · ')}
          </p>
        )}
      </div>
      <div className="flex items-center gap-2 max-sm:w-full">
        <span className="mr-2 text-xs text-muted tabular-nums max-sm:mr-auto" data-testid="checkpoint-held">
          <Holds status={status} bytes={heldBytes} />
        </span>
        {access === 'own' && status === 'ready' ? (
          <>
            <button
              type="button"
              disabled={isBusy}
              onClick={() => onAct('restore')}
              className={`${BUTTON.quiet} px-3 py-1.5`}
            >
              <Undo2 className="size-4" aria-hidden="true" />
              Restore<span className="sr-only"> {title}</span>
            </button>
            <IconButton label={`Clone the site from ${title}`} isBusy={isBusy} onClick={() => onAct('clone')}>
              <Copy className="size-4" aria-hidden="true" />
            </IconButton>
          </>
        ) : null}
        {access === 'own' && (status === 'ready' || status === 'failed') ? (
          <IconButton label={`Delete ${title}`} isBusy={isBusy} onClick={() => onAct('drop')}>
            <Trash2 className="size-4" aria-hidden="true" />
          </IconButton>
        ) : null}
      </div>
    </li>
  );
}

function Holds({ status, bytes }: { status: CheckpointView['status']; bytes: number | null }) {
  if (status === 'making' || status === 'dropping') {
    return (
      <span className="inline-flex items-center gap-1.5">
        <LoaderCircle className="size-3.5 motion-safe:animate-spin" aria-hidden="true" />
        {status === 'making' ? 'Being made' : 'Going'}
      </span>
    );
  }
  if (bytes === null || status === 'failed') return null;
  return (
    <span title="What would be free without it">{bytes === 0 ? 'holds nothing' : `holds ${formatBytes(bytes)}`}</span>
  );
}

interface IconButtonProps {
  label: string;
  isBusy: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

function IconButton({ label, isBusy, onClick, children }: IconButtonProps) {
  return (
    <button
      type="button"
      disabled={isBusy}
      aria-label={label}
      title={label}
      onClick={onClick}
      className="inline-flex size-9 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-ink disabled:opacity-60"
    >
      {children}
    </button>
  );
}
