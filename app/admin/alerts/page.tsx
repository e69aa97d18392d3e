// Where the admins are told about every site and the machine, and what was sent lately, to whomever.

import type { Metadata } from 'next';
import { headers } from 'next/headers';
import Link from 'next/link';
import { redirect } from 'next/navigation';
import { latestMessages, type MessageView } from '#lib/alerts/history.ts';
import { services } from '#lib/api/services.ts';
import { findViewer } from '#lib/auth/viewer.ts';
import { AlertChannels } from '../../_components/alert-channels.tsx';
import { KIND_WORDS } from '../../_components/alert-words.ts';
import { BrandBar } from '../../_components/brand-bar.tsx';
import { BUTTON } from '../../_components/buttons.ts';
import { Card } from '../../_components/card.tsx';
import { ExactTime } from '../../_components/time-text.tsx';

export const metadata: Metadata = { title: 'Alerts' };

export default async function AdminAlertsPage() {
  const { db, settings } = services();
  const viewer = await findViewer({ db, settings }, await headers());
  if (viewer.role !== 'admin') redirect('/admin/sign-in');
  const messages = await latestMessages(db);
  return (
    <>
      <BrandBar>
        <Link href="/admin" className={BUTTON.quiet}>
          All sites
        </Link>
      </BrandBar>
      <main id="main" className="mx-auto flex w-full max-w-6xl flex-col gap-6 px-5 pb-16 sm:px-8">
        <h1 className="text-2xl font-extrabold tracking-tight">Alerts</h1>
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
      </main>
    </>
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
