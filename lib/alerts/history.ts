// What was told lately, for the admins' page.

import type { Db } from '../db/client.ts';
import type { AlertKind } from './channel.ts';
import { compose } from './compose.ts';
import { LINES } from './outbox.ts';
import { CONFIRM, TEST } from './plan.ts';

const SHOWN_MAX = 30;

export interface MessageView {
  id: string;
  state: 'sent' | 'waiting' | 'retrying' | 'failed';
  kind: AlertKind;
  /** Of an admins' channel, not of a user's. */
  isAdmins: boolean;
  subject: string;
  problem: string | null;
  at: string;
}

/** Newest first; without tests and the mails that ask an address. */
export async function latestMessages(db: Db): Promise<MessageView[]> {
  const rows = await db.alertMessage.findMany({
    where: { group: { notIn: [CONFIRM, TEST] } },
    orderBy: { createdAt: 'desc' },
    take: SHOWN_MAX,
    include: { channel: { select: { kind: true, ownerId: true } } },
  });
  return rows.map(({ id, group, events, count, channel, problem, ...times }) => ({
    id,
    state: stateOf(times),
    kind: channel.kind,
    isAdmins: channel.ownerId === null,
    subject: compose({ id, group, count, lines: LINES.parse(events) }, '').subject,
    problem,
    at: (times.sentAt ?? times.createdAt).toISOString(),
  }));
}

function stateOf(message: { sentAt: Date | null; failedAt: Date | null; attempts: number }): MessageView['state'] {
  if (message.sentAt) return 'sent';
  if (message.failedAt) return 'failed';
  return message.attempts > 0 ? 'retrying' : 'waiting';
}
