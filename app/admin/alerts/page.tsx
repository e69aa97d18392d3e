// Where the admins are told about every site and the machine, and what was sent lately, to whomever.

import type { Metadata } from 'next';
import { latestMessages, type MessageView } from '#lib/alerts/history.ts';
import { AlertChannels } from '../../_components/alert-channels.tsx';
import { KIND_WORDS } from '../../_components/alert-words.ts';
import { Card } from '../../_components/card.tsx';
import { ExactTime } from '../../_components/time-text.tsx';
import { AdminHeading, AdminShell } from '../_parts/admin-shell.tsx';
import { requireAdminPage } from '../_parts/require-admin-page.ts';

export const metadata: Metadata = { title: 'Alerts · Admin' };

export default async function AdminAlertsPage() {
  const { db } = await requireAdminPage();
  const messages = await latestMessages(db);
  return (
    <AdminShell section="alerts">
      <AdminHeading title="Alerts">Who is told what, beside what the pages here say.</AdminHeading>
      <div className="grid items-start gap-6 lg:grid-cols-[minmax(0,24rem)_minmax(0,1fr)]">
        <Card title="The admins’ channels" id="channels">
          <AlertChannels
            path="/api/admin/alerts"
            empty="Nobody is told yet. A channel here hears of every site, of the machine’s capacity and of the keeper."
            open
          />
        </Card>
        <Card title="Sent lately" id="sent">
          {messages.length === 0 ? (
            <p className="text-sm text-muted">No alert has been sent in the last week.</p>
          ) : (
            <ul className="flex flex-col divide-y divide-line text-sm">
              {messages.map((message) => (
                <Message key={message.id} message={message} />
              ))}
            </ul>
          )}
        </Card>
      </div>
    </AdminShell>
  );
}

const STATES: Record<MessageView['state'], { words: string; colour: string }> = {
  sent: { words: 'Sent', colour: 'text-good' },
  waiting: { words: 'Waits', colour: 'text-muted' },
  retrying: { words: 'Tried, and tried again', colour: 'text-warn' },
  failed: { words: 'Given up', colour: 'text-bad' },
};

function Message({ message: { state, kind, isAdmins, subject, problem, at } }: { message: MessageView }) {
  const { words, colour } = STATES[state];
  return (
    <li className="flex flex-col gap-0.5 py-3 first:pt-0 last:pb-0">
      <p className="[overflow-wrap:anywhere]">{subject}</p>
      <p className="text-xs text-muted">
        <span className={`font-semibold ${colour}`}>{words}</span> · {isAdmins ? 'admins’' : 'a user’s'}{' '}
        {KIND_WORDS[kind].name} · <ExactTime at={at} />
      </p>
      {problem ? <p className="text-xs text-muted [overflow-wrap:anywhere]">{problem}</p> : null}
    </li>
  );
}
