// Before a site is copied into a new one.

'use client';

import { useRouter } from 'next/navigation';
import type { CheckpointView } from '#lib/checkpoints/view.ts';
import { callApi } from '../../../../_components/call-api.ts';
import { ExactTime } from '../../../../_components/time-text.tsx';
import { Ask } from './ask.tsx';

interface AskCloneProps {
  name: string;
  /** Null: from what is there now. */
  checkpoint: CheckpointView | null;
  onClose: () => void;
}

export function AskClone({ name, checkpoint, onClose }: AskCloneProps) {
  const router = useRouter();
  const clone = async (form: FormData) => {
    const wish = { name: String(form.get('name') ?? ''), ...(checkpoint ? { checkpoint: checkpoint.id } : {}) };
    const answer = await callApi<{ name: string }>('POST', `/api/sites/${name}/clone`, wish);
    if (answer.ok) router.push(`/sites/${answer.data.name}`);
    return answer;
  };
  return (
    <Ask title={`Clone ${name}`} act="Clone" acting="Cloning…" leave="Not now" onAct={clone} onClose={onClose}>
      <p className="text-sm text-muted">
        A new site with a full copy of the disk
        {checkpoint ? (
          <>
            {' '}
            as it was on <ExactTime at={checkpoint.createdAt} />
          </>
        ) : (
          ' as it is now'
        )}
        : files, data, packages and repository. It has its own address, SSH port, password and token, and counts as one
        more of your sites. From then on the two know nothing of each other.
      </p>
      <label className="flex flex-col gap-1.5 text-sm font-medium">
        Name of the new site
        <input
          name="name"
          maxLength={40}
          placeholder="leave empty to get one"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className="rounded-box border border-line-strong bg-paper px-3 py-2.5 font-mono placeholder:font-sans placeholder:text-muted/80"
        />
      </label>
    </Ask>
  );
}
