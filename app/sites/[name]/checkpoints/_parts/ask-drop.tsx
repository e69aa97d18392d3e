// Before a checkpoint is deleted.

'use client';

import { formatBytes } from '#lib/bytes.ts';
import type { CheckpointView } from '#lib/checkpoints/view.ts';
import { callApi } from '../../../../_components/call-api.ts';
import { ExactTime } from '../../../../_components/time-text.tsx';
import { Ask } from './ask.tsx';
import { titleOf } from './checkpoint-words.ts';

interface AskDropProps {
  name: string;
  checkpoint: CheckpointView;
  onClose: () => void;
}

export function AskDrop({ name, checkpoint, onClose }: AskDropProps) {
  const { id, heldBytes, createdAt } = checkpoint;
  return (
    <Ask
      title={`Delete “${titleOf(checkpoint)}”?`}
      act="Delete"
      acting="Deleting…"
      leave="Keep it"
      tone="danger"
      onAct={() => callApi('DELETE', `/api/sites/${name}/checkpoints/${id}`)}
      onClose={onClose}
    >
      <p className="text-sm text-muted">
        The site itself stays as it is. There is then no way back to <ExactTime at={createdAt} />
        {heldBytes ? `, and ${formatBytes(heldBytes)} of the disk are free again after some seconds` : ''}.
      </p>
    </Ask>
  );
}
