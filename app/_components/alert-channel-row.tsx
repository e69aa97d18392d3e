// One channel: where it goes, how its last delivery went, a test of it, its end.

'use client';

import { Hash, Mail, Trash2, Webhook } from 'lucide-react';
import { useState } from 'react';
import type { ChannelView } from '#lib/alerts/channels.ts';
import { type AlertKind, KIND_WORDS, LEVEL_WORDS } from './alert-words.ts';
import { callApi } from './call-api.ts';
import { RelativeTime } from './time-text.tsx';

interface AlertChannelRowProps {
  path: string;
  channel: ChannelView;
  onRemove: (id: string) => Promise<unknown>;
  onTested: () => Promise<void>;
}

interface Outcome {
  done: boolean;
  sent?: boolean;
  problem?: string | null;
}

const ICONS: Record<AlertKind, typeof Mail> = { email: Mail, slack: Hash, webhook: Webhook };
const ASK_MS = 700;
const ASKS_MAX = 30;

export function AlertChannelRow({ path, channel, onRemove, onTested }: AlertChannelRowProps) {
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const { id, kind, target, enabled, level } = channel;
  const Icon = ICONS[kind];

  const test = async () => {
    setBusy(true);
    setSaid(await sendTest(path, id));
    await onTested();
    setBusy(false);
  };
  const remove = async () => {
    setBusy(true);
    await onRemove(id);
    setBusy(false);
  };

  return (
    <li className="flex flex-col gap-1 rounded-box bg-sunken px-3 py-2" data-testid="alert-channel">
      <div className="flex items-center gap-3">
        <Icon className="size-4 shrink-0 text-muted" aria-hidden="true" />
        <span className="min-w-0 flex-1">
          <span className="line-clamp-2 font-medium [overflow-wrap:anywhere]">{target}</span>
          <span className="block text-xs text-muted">
            {KIND_WORDS[kind].name}, {LEVEL_WORDS[level] ?? level}
          </span>
        </span>
        {enabled ? (
          <button
            type="button"
            disabled={isBusy}
            onClick={test}
            aria-label={`Send a test to ${target}`}
            className="rounded-full border border-line-strong bg-surface px-3 py-1 text-xs font-semibold hover:border-ink/50 disabled:opacity-60"
          >
            {isBusy ? 'Wait…' : 'Test'}
          </button>
        ) : null}
        <button
          type="button"
          disabled={isBusy}
          aria-label={`Remove ${target}`}
          onClick={remove}
          className="-mr-1.5 inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-line/60 hover:text-bad"
        >
          <Trash2 className="size-4" aria-hidden="true" />
        </button>
      </div>
      <State channel={channel} />
      <p role="status" className="text-xs empty:hidden">
        {said}
      </p>
    </li>
  );
}

function State({ channel: { enabled, problem, lastSentAt, waiting } }: { channel: ChannelView }) {
  if (problem) {
    return (
      <p className="text-xs text-bad [overflow-wrap:anywhere]" data-testid="alert-channel-problem">
        {problem} {waiting > 0 ? 'It is tried again.' : null}
      </p>
    );
  }
  if (!enabled) return <p className="text-xs text-warn">Waits for the link in the mail to be opened.</p>;
  if (!lastSentAt) return null;
  return (
    <p className="text-xs text-muted">
      Last message <RelativeTime at={lastSentAt} />
    </p>
  );
}

/** Asks until the keeper has sent it, and says how it went. */
async function sendTest(path: string, id: string): Promise<string> {
  const asked = await callApi<{ test: string }>('POST', `${path}/test`, { id });
  if (!asked.ok) return `${asked.problem.message} ${asked.problem.hint}`;
  for (let asks = 0; asks < ASKS_MAX; asks += 1) {
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    const answer = await callApi<Outcome>('GET', `${path}/test?test=${asked.data.test}`);
    if (!answer.ok) return answer.problem.message;
    if (answer.data.done) return answer.data.sent ? 'The test was sent.' : 'The test did not get there.';
  }
  return 'The test still waits: the keeper does not run. Ask the operator.';
}
