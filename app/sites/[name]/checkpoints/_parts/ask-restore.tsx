// Before a restore: what goes, and whether it can be undone.

'use client';

import { useState } from 'react';
import type { CheckpointList, CheckpointView } from '#lib/checkpoints/view.ts';
import type { SiteView } from '#lib/sites/view.ts';
import { callApi } from '../../../../_components/call-api.ts';
import { Notice } from '../../../../_components/notice.tsx';
import { ExactTime, RelativeTime } from '../../../../_components/time-text.tsx';
import { Ask } from './ask.tsx';
import { releasesAfter, titleOf } from './checkpoint-words.ts';

interface AskRestoreProps {
  view: SiteView;
  list: CheckpointList;
  checkpoint: CheckpointView;
  onClose: () => void;
}

export function AskRestore({ view, list, checkpoint, onClose }: AskRestoreProps) {
  const [isMeant, setMeant] = useState(false);
  const withoutUndo = list.isNearFull;
  const restore = () => callApi('POST', restoreUrl(view.name, checkpoint.id), { withoutUndo: withoutUndo && isMeant });
  return (
    <Ask
      title={`Restore “${titleOf(checkpoint)}”?`}
      act="Restore"
      acting="Restoring…"
      leave="Leave it as it is"
      tone={withoutUndo ? 'danger' : 'primary'}
      disabled={withoutUndo && !isMeant}
      onAct={restore}
      onClose={onClose}
    >
      <p className="text-sm">
        The whole disk becomes what it was on <ExactTime at={checkpoint.createdAt} /> (
        <RelativeTime at={checkpoint.createdAt} />
        ). That means:
      </p>
      <ul className="flex list-disc flex-col gap-1.5 pl-5 text-sm text-muted marker:text-line-strong">
        <li>Every change since to files, data and installed packages goes.</li>
        <li>{releasesAfter(view, checkpoint)}</li>
        <li>
          Commits pushed since are no longer in its repository; your clones keep them. Sessions and running programs
          end.
        </li>
      </ul>
      {withoutUndo ? (
        <>
          <Notice
            tone="warn"
            message="This cannot be undone."
            hint="The disk is too full to keep what is there now as well. Free some space first, if you may want it back."
            testId="no-way-back"
          />
          <label className="flex items-start gap-2.5 text-sm">
            <input
              type="checkbox"
              checked={isMeant}
              onChange={(event) => setMeant(event.target.checked)}
              className="mt-1 size-4 accent-(--beam)"
            />
            Restore without a way back
          </label>
        </>
      ) : (
        <p className="text-sm text-muted">
          What is there now is kept as a checkpoint first, so one click undoes this. Visitors wait for some seconds.
        </p>
      )}
    </Ask>
  );
}

export function restoreUrl(name: string, id: string): string {
  return `/api/sites/${name}/checkpoints/${id}/restore`;
}
