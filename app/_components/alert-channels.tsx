// Where somebody is told: the list of channels, and the form that adds one. The same for a user and for the admins.

'use client';

import { useCallback, useEffect, useState } from 'react';
import type { ChannelView } from '#lib/alerts/channels.ts';
import { AlertChannelForm, type NewChannel } from './alert-channel-form.tsx';
import { AlertChannelRow } from './alert-channel-row.tsx';
import { type Answer, callApi, type Problem } from './call-api.ts';
import { CopyButton } from './copy-button.tsx';
import { Disclosure } from './disclosure.tsx';
import { Notice } from './notice.tsx';

interface ChannelList {
  channels: ChannelView[];
  max: number;
  sendsMail: boolean;
}

interface AlertChannelsProps {
  /** Of the API: the user's own channels, or the admins'. */
  path: '/api/alerts' | '/api/admin/alerts';
  /** Said while there is no channel. */
  empty: string;
  /** The form stands open. */
  open?: boolean;
}

export function AlertChannels({ path, empty, open = false }: AlertChannelsProps) {
  const [list, setList] = useState<ChannelList | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [said, setSaid] = useState('');

  const load = useCallback(async () => {
    const answer = await callApi<ChannelList>('GET', path);
    if (answer.ok) setList(answer.data);
    else setProblem(answer.problem);
  }, [path]);
  useEffect(() => void load(), [load]);

  /** Shows what went wrong, or that it is done, and the list as it is now. */
  const settle = async (answer: Answer<unknown>, done: string): Promise<boolean> => {
    setProblem(answer.ok ? null : answer.problem);
    setSaid(answer.ok ? done : '');
    await load();
    return answer.ok;
  };
  const add = async (wish: NewChannel): Promise<boolean> => {
    const answer = await callApi<{ secret: string | null }>('POST', path, wish);
    setSecret(answer.ok ? answer.data.secret : null);
    return settle(answer, 'The channel was added.');
  };
  const remove = async (id: string) => settle(await callApi('DELETE', path, { id }), 'The channel was removed.');

  return (
    <div className="flex flex-col gap-3 text-sm" data-testid="alert-channels">
      {list && list.channels.length === 0 ? <p className="text-muted">{empty}</p> : null}
      <ul className="flex flex-col gap-2 empty:hidden">
        {list?.channels.map((channel) => (
          <AlertChannelRow key={channel.id} path={path} channel={channel} onRemove={remove} onTested={load} />
        ))}
      </ul>
      {secret ? <Secret text={secret} /> : null}
      {problem ? (
        <Notice tone="bad" message={problem.message} hint={problem.hint} urgent testId="alert-problem" />
      ) : null}
      <p role="status" className="sr-only">
        {said}
      </p>
      {list && list.channels.length < list.max ? (
        <Disclosure title="Add a channel" open={open}>
          <AlertChannelForm sendsMail={list.sendsMail} isAdmin={path !== '/api/alerts'} onAdd={add} />
        </Disclosure>
      ) : null}
    </div>
  );
}

function Secret({ text }: { text: string }) {
  return (
    <div className="rounded-box border border-line-strong px-4 py-3" data-testid="alert-secret">
      <p className="font-semibold">Keep this secret now: it is not shown again.</p>
      <p className="flex items-center gap-1">
        <code className="min-w-0 flex-1 font-mono text-xs [overflow-wrap:anywhere]">{text}</code>
        <CopyButton text={text} what="the secret" />
      </p>
    </div>
  );
}
