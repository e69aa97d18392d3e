// The checkpoints of a site, kept true by the site's event stream.

'use client';

import { Copy, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { formatBytes } from '#lib/bytes.ts';
import type { CheckpointList, CheckpointView } from '#lib/checkpoints/view.ts';
import type { SiteView } from '#lib/sites/view.ts';
import { BUTTON } from '../../../../_components/buttons.ts';
import { callApi, type Problem } from '../../../../_components/call-api.ts';
import { Card } from '../../../../_components/card.tsx';
import { Notice } from '../../../../_components/notice.tsx';
import { RelativeTime } from '../../../../_components/time-text.tsx';
import { useAnswer } from '../../_parts/use-answer.ts';
import { useLiveSite } from '../../_parts/use-live-site.ts';
import { AskClone } from './ask-clone.tsx';
import { AskDrop } from './ask-drop.tsx';
import { AskRestore, restoreUrl } from './ask-restore.tsx';
import { type Act, CheckpointRow } from './checkpoint-row.tsx';
import { wayBackOf } from './checkpoint-words.ts';
import { MakeCheckpoint } from './make-checkpoint.tsx';

interface Asked {
  act: Act;
  /** Null: what is there now. */
  checkpoint: CheckpointView | null;
}

export function CheckpointsPage({ initial, list: first }: { initial: SiteView; list: CheckpointList }) {
  const { view } = useLiveSite(initial, null);
  const { name, access } = view;
  const list =
    useAnswer<CheckpointList>(`/api/sites/${name}/checkpoints`, `${view.checkpointsAt} ${view.restoring}`) ?? first;
  const [asked, setAsked] = useState<Asked | null>(null);
  const isBusy = view.restoring || view.state !== 'live';
  const close = () => setAsked(null);
  return (
    <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 pt-2 *:max-w-3xl sm:px-8">
      <header>
        <h1 className="text-2xl font-extrabold tracking-[-0.03em]">Checkpoints</h1>
        <p className="mt-2 max-w-prose text-muted">
          The whole disk as it was at a moment: what you installed, your data, releases and repository. One is made
          before each push.
        </p>
      </header>
      <div aria-live="polite" className="flex flex-col gap-3 empty:hidden">
        <State view={view} list={list} />
      </div>
      {access === 'view' ? null : (
        <Card title="Keep what is there now" id="make">
          <MakeCheckpoint name={name} manual={list.manual} disabled={isBusy} />
        </Card>
      )}
      <Card title="Kept" id="kept" aside={<Held list={list} />}>
        {list.checkpoints.length === 0 ? (
          <Empty />
        ) : (
          <ul>
            {list.checkpoints.map((checkpoint) => (
              <CheckpointRow
                key={checkpoint.id}
                checkpoint={checkpoint}
                access={access}
                isBusy={isBusy}
                onAct={(act) => setAsked({ act, checkpoint })}
              />
            ))}
          </ul>
        )}
      </Card>
      {access === 'own' ? (
        <section className="flex flex-wrap items-center justify-between gap-4 text-sm text-muted">
          <p className="max-w-md">
            Want to try something without touching this site? Clone it: a new site with the same disk.
          </p>
          <button
            type="button"
            className={`${BUTTON.quiet} text-ink`}
            disabled={isBusy}
            onClick={() => setAsked({ act: 'clone', checkpoint: null })}
          >
            <Copy className="size-4" aria-hidden="true" />
            Clone this site…
          </button>
        </section>
      ) : null}
      {asked?.act === 'clone' ? <AskClone name={name} checkpoint={asked.checkpoint} onClose={close} /> : null}
      {asked?.act === 'restore' && asked.checkpoint ? (
        <AskRestore view={view} list={list} checkpoint={asked.checkpoint} onClose={close} />
      ) : null}
      {asked?.act === 'drop' && asked.checkpoint ? (
        <AskDrop name={name} checkpoint={asked.checkpoint} onClose={close} />
      ) : null}
    </main>
  );
}

function State({ view, list }: { view: SiteView; list: CheckpointList }) {
  const wayBack = wayBackOf(list.checkpoints);
  if (view.restoring) {
    return (
      <Notice
        tone="info"
        message="The site is going back to a checkpoint."
        hint="Visitors wait for some seconds. This page follows."
        testId="restoring"
      />
    );
  }
  if (list.isNearFull) {
    return (
      <Notice
        tone="warn"
        message="The disk is nearly full."
        hint="No checkpoints are made for you until there is room, and the oldest of those go. Deleting some gives space back."
        testId="near-full"
      />
    );
  }
  return wayBack && view.access === 'own' ? <Undo name={view.name} wayBack={wayBack} /> : null;
}

/** One click, because it can be undone in its turn. */
function Undo({ name, wayBack }: { name: string; wayBack: CheckpointView }) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const undo = async () => {
    setBusy(true);
    const answer = await callApi('POST', restoreUrl(name, wayBack.id), {});
    setBusy(false);
    setProblem(answer.ok ? null : answer.problem);
  };
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-box border border-line-strong bg-surface px-4 py-3 text-sm">
        <p>
          <strong className="font-semibold">
            Restored <RelativeTime at={wayBack.createdAt} />.
          </strong>{' '}
          What was there before is kept.
        </p>
        <button type="button" className={BUTTON.quiet} disabled={isBusy} onClick={undo} data-testid="undo-restore">
          <Undo2 className="size-4" aria-hidden="true" />
          Undo the restore
        </button>
      </div>
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="undo-problem" />
      ) : null}
    </>
  );
}

function Held({ list: { heldBytes, checkpoints } }: { list: CheckpointList }) {
  if (checkpoints.length === 0 || heldBytes === null) return null;
  return (
    <span className="text-sm text-muted tabular-nums" data-testid="held-together">
      {heldBytes === 0 ? 'They take no space yet' : `Together they hold ${formatBytes(heldBytes)} of the disk`}
    </span>
  );
}

function Empty() {
  return (
    <div className="text-sm text-muted" data-testid="no-checkpoints">
      <p>
        Nothing is kept yet. A checkpoint takes no time and, at first, no space: it holds what you change or delete
        afterwards. Make one before you try something, or push: the site as it was before stays here.
      </p>
    </div>
  );
}
